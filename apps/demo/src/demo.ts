import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '@imprimatur/platform/config';
import type { Client } from './client.js';
import { acknowledgePolicy } from './duties.js';
import { downloadLog } from './log.js';
import type { Narrator } from './output.js';
import * as story from './story.js';

export interface DemoInput {
  readonly picture: Uint8Array;
  readonly name: string;
  readonly ownImage: boolean;
  readonly prompt: string;
  readonly format: string;
  readonly out: string;
  readonly home: string;
  readonly url: string;
}

export interface DemoResult extends Readonly<Record<string, unknown>> {
  readonly outcome: 'exported';
  readonly verified: boolean;
}

/** The main job, step by step, as five people of one tenant do it through the public API. */
export async function runDemo(input: DemoInput, narrator: Narrator, signIn: (person: string) => Promise<Client>): Promise<DemoResult> {
  narrator.title('Sign in and upload');
  const creator = await signIn('ana');
  const usage = await acknowledgePolicy(creator);
  if (usage) narrator.detail(`the creator has acknowledged "${usage.title}", version ${usage.version}: nobody edits before`);
  const asset = await story.uploadPicture(creator, input.picture, input.name);
  const screening = await story.screened(creator, asset);
  narrator.detail(
    `${input.name}: ${screening.format}, ${screening.width} x ${screening.height}, ${faces(screening.faces)} found by the face engine`,
  );
  narrator.detail(`stored byte for byte as ${asset}`);
  if (!input.ownImage) {
    const consent = await story.registerConsent(await signIn('lea'), asset);
    narrator.detail(`consent of the person shown is registered by legal: ${consent}`);
  }

  narrator.title('Edit');
  const session = await story.openSession(creator, asset);
  const turn = await story.submitTurn(creator, session, asset, input.prompt);
  narrator.detail(`"${input.prompt}" is ${turn}`);
  const item = await story.followTurn(creator, turn, (verdict) => narrator.verdict(verdict));
  try {
    story.stopUnlessReviewable(item);
  } catch (error) {
    if (error instanceof story.Stopped) throw new story.Stopped(error.outcome, { ...error.detail, faces: screening.faces });
    throw error;
  }

  const review = await reviewed(item, creator, narrator, signIn);

  const version = item.resultVersion;
  if (!version) throw new Error('a released item has a version');
  narrator.title('Export');
  const exported = await story.exportVersion(creator, version.id, input.format);
  const file = join(input.out, `${input.name.replace(/\.[^.]+$/, '')}.released.${input.format === 'jpeg' ? 'jpg' : input.format}`);
  const signed = await creator.download(exported.fileUrl ?? '');
  save(file, signed);
  narrator.detail(`${file} (${Math.round(signed.length / 1024)} kB), manifest ${exported.manifestUrn}`);

  const auditor = await signIn('axel');
  const ledger = await story.readLedger(auditor);
  const paths = await downloadLog(auditor, ledger, (path, bytes) => save(join(input.out, 'ledger', path), bytes));
  narrator.detail(
    `${join(input.out, 'ledger')}: the tenant's log, ${ledger.size} entries in ${paths} files; the release is entry ${exported.releaseIndex}`,
  );

  narrator.title('Verify, offline');
  const trustAnchors = join(input.home, 'trust', 'anchors.pem');
  const verified = verify(file, trustAnchors, join(input.out, 'ledger', 'log.vkey'), narrator);
  return {
    outcome: 'exported',
    verified,
    export: file,
    trustAnchors,
    turn,
    review,
    manifest: exported.manifestUrn,
    ledger: { tenant: ledger.tenant, origin: ledger.origin, index: Number(exported.releaseIndex), checkpointKey: ledger.vkey },
  };
}

async function reviewed(
  item: story.ItemView,
  creator: Client,
  narrator: Narrator,
  signIn: (person: string) => Promise<Client>,
): Promise<string | null> {
  const task = item.reviewTask;
  if (item.state === 'RELEASED' || !task) return null;
  narrator.title('Review by a second person');
  narrator.detail(`held in queue "${task.queue}" as ${task.id}`);
  const own = await story.claimTask(creator, task.id);
  if (!('code' in own)) throw new Error('the creator must not be able to claim their own edit');
  narrator.detail(`the creator tries to approve it: refused, ${own.code}: ${own.message}`);
  const approver = await signIn('ben');
  const claim = await story.claimTask(approver, task.id);
  if ('code' in claim) throw new story.Stopped('refused', claim);
  const code = await story.approvalCode(approver);
  await story.approve(approver, task.id, claim, code);
  narrator.detail(`the approver claims it and approves with reason ${code}`);
  return task.id;
}

function verify(file: string, anchors: string, logKey: string, narrator: Narrator): boolean {
  const run = spawnSync(
    process.execPath,
    [join(projectRoot(), 'bin/imprimatur'), 'verify', file, '--trust-anchors', anchors, '--log-key', logKey],
    {
      encoding: 'utf8',
    },
  );
  for (const line of run.stdout.trimEnd().split('\n')) narrator.detail(line);
  if (run.status !== 0) narrator.detail(`verify ended with ${run.status}: ${run.stderr}`);
  return run.status === 0;
}

function save(file: string, bytes: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

function faces(count: number): string {
  return count === 1 ? '1 face' : `${count} faces`;
}
