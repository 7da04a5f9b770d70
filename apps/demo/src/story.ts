import { randomBytes } from 'node:crypto';
import { type Client, poll, type Refused } from './client.js';
import {
  ACTIVE_POLICY,
  CLAIM_TASK,
  DECIDE_TASK,
  EXPORT,
  EXPORT_VERSION,
  LEDGER,
  OPEN_SESSION,
  REGISTER_CONSENT,
  SCREENING,
  SUBMIT_TURN,
  TURN,
} from './documents.js';

const SCREENING_TIMEOUT_MS = 120_000;
const TURN_TIMEOUT_MS = 120_000;
const EXPORT_TIMEOUT_MS = 120_000;

/** Ended by a gate, a person or a question: nothing was exported, and nothing is wrong. */
export class Stopped extends Error {
  constructor(
    readonly outcome: 'refused' | 'question' | 'held' | 'failed',
    readonly detail: {
      readonly code: string;
      readonly message: string;
      readonly citation?: string;
      readonly remedy: string;
      readonly faces?: number;
    },
  ) {
    super(detail.message);
  }
}

export interface Finding {
  readonly rule: string;
  readonly reason: string;
  readonly citation: string;
  readonly remedy: string;
  readonly met: readonly string[];
}

export interface VerdictView {
  readonly gate: string;
  readonly outcome: string;
  readonly findings: readonly Finding[];
}

export interface ItemView {
  readonly id: string;
  readonly state: string;
  readonly question: string | null;
  readonly failure: string | null;
  readonly operations: unknown;
  readonly verdicts: readonly VerdictView[];
  readonly resultVersion: { readonly id: string; readonly number: number } | null;
  readonly reviewTask: { readonly id: string; readonly queue: string; readonly contentSha256: string } | null;
}

export interface Screened {
  readonly faces: number;
  readonly width: number;
  readonly height: number;
  readonly format: string;
}

export interface ExportView {
  readonly id: string;
  readonly state: string;
  readonly fileUrl: string | null;
  readonly manifestUrn: string | null;
  readonly releaseIndex: string | null;
  readonly failure: string | null;
  readonly failureReason: string | null;
  readonly failureRemedy: string | null;
  readonly retryAt: string | null;
}

export interface LedgerView {
  readonly tenant: string;
  readonly origin: string;
  readonly size: string;
  readonly vkey: string;
  readonly url: string;
}

export const key = (): string => randomBytes(16).toString('hex');

/** Throws Stopped for a refusal. */
export function granted<T extends { readonly __typename: string }>(answer: T | Refused): T {
  if (answer.__typename !== 'Refused') return answer as T;
  const { code, message, remedy } = answer as Refused;
  throw new Stopped('refused', { code, message, remedy });
}

export async function uploadPicture(creator: Client, bytes: Uint8Array, name: string): Promise<string> {
  const answer = await creator.upload(bytes, name, key());
  if ('asset' in answer) return answer.asset;
  throw new Stopped('refused', answer);
}

export async function screened(creator: Client, asset: string): Promise<Screened> {
  type Answer = {
    readonly asset: {
      readonly screening: { readonly state: string; readonly faces: readonly unknown[] };
      readonly versions: {
        readonly edges: readonly { readonly node: { readonly width: number; readonly height: number; readonly format: string } }[];
      };
    };
  };
  const answer = await poll(
    () => creator.graphql<Answer>(SCREENING, { asset }),
    ({ asset: found }) => found.screening.state !== 'PENDING',
    SCREENING_TIMEOUT_MS,
  );
  const upload = answer.asset.versions.edges[0]?.node;
  return {
    faces: answer.asset.screening.faces.length,
    width: upload?.width ?? 0,
    height: upload?.height ?? 0,
    format: upload?.format ?? 'unknown',
  };
}

export async function registerConsent(rights: Client, asset: string): Promise<string> {
  type Answer = {
    readonly registerConsent: { readonly __typename: 'RegisterConsentSuccess'; readonly consent: { readonly id: string } } | Refused;
  };
  const { registerConsent: answer } = await rights.graphql<Answer>(REGISTER_CONSENT, {
    input: {
      idempotencyKey: key(),
      asset,
      face: 0,
      person: 'The person in the demonstration photo',
      ageBand: 'ADULT',
      method: 'signed-form',
      noticeText: 'Demonstration: your portrait may be retouched for marketing on the web, and each result is reviewed by a person.',
      scope: { useCases: ['marketing'], kindsOfChange: ['retouch'], channels: ['website'], territories: ['*'] },
    },
  });
  const success = granted(answer);
  return success.consent.id;
}

export async function openSession(creator: Client, asset: string): Promise<string> {
  type Answer = {
    readonly openSession: { readonly __typename: 'OpenSessionSuccess'; readonly session: { readonly id: string } } | Refused;
  };
  const { openSession: answer } = await creator.graphql<Answer>(OPEN_SESSION, {
    input: { idempotencyKey: key(), name: 'Spring campaign', useCase: 'marketing', channel: 'website', territory: 'none', assets: [asset] },
  });
  const success = granted(answer);
  return success.session.id;
}

export async function submitTurn(creator: Client, session: string, asset: string, prompt: string): Promise<string> {
  type Answer = { readonly submitTurn: { readonly __typename: 'SubmitTurnSuccess'; readonly turn: { readonly id: string } } | Refused };
  const { submitTurn: answer } = await creator.graphql<Answer>(SUBMIT_TURN, {
    input: { idempotencyKey: key(), session, prompt, targets: [{ asset }] },
  });
  const success = granted(answer);
  return success.turn.id;
}

const SETTLED = [
  'REFUSED',
  'CLARIFYING',
  'HELD',
  'HELD_BEFORE',
  'RELEASED',
  'REJECTED',
  'FAILED',
  'CANCELLED',
  'BLOCKED',
  'CHANGES_REQUESTED',
  'EXPIRED',
];

/** Follows the turn's only item until it waits for somebody or has ended; `seen` hears each verdict once, as it comes. */
export async function followTurn(client: Client, turn: string, seen: (verdict: VerdictView) => void): Promise<ItemView> {
  let told = 0;
  const answer = await poll(
    async () => {
      const { turn: found } = await client.graphql<{ readonly turn: { readonly items: readonly ItemView[] } }>(TURN, { id: turn });
      const item = found.items[0];
      if (!item) throw new Error('a turn has an item for its target');
      for (const verdict of item.verdicts.slice(told)) seen(verdict);
      told = item.verdicts.length;
      return item;
    },
    (item) => SETTLED.includes(item.state),
    TURN_TIMEOUT_MS,
  );
  return answer;
}

/** Says why an item will not be released now; returns for one that may still be. */
export function stopUnlessReviewable(item: ItemView): void {
  if (item.state === 'HELD' || item.state === 'RELEASED') return;
  if (item.state === 'CLARIFYING') {
    throw new Stopped('question', {
      code: 'CLARIFICATION_NEEDED',
      message: item.question ?? 'The edit is not clear.',
      remedy: 'Answer the question, or say it in other words.',
    });
  }
  const verdict = [...item.verdicts].reverse().find(({ outcome }) => outcome !== 'PASS');
  const finding = verdict?.findings[0];
  if (finding) {
    throw new Stopped(item.state === 'HELD_BEFORE' ? 'held' : 'refused', {
      code: finding.rule,
      message: finding.reason,
      citation: finding.citation,
      remedy: finding.remedy,
    });
  }
  throw new Stopped(item.state === 'REFUSED' ? 'refused' : 'failed', {
    code: item.state,
    message: item.failure ?? `The item ended as ${item.state}.`,
    remedy: 'Read the turn with its verdicts through the API.',
  });
}

export type Claim = { readonly leaseToken: string; readonly contentSha256: string };

export async function claimTask(reviewer: Client, task: string): Promise<Claim | Refused> {
  type Answer = {
    readonly claimTask:
      { readonly __typename: 'ClaimTaskSuccess'; readonly leaseToken: string; readonly task: { readonly contentSha256: string } } | Refused;
  };
  const { claimTask: answer } = await reviewer.graphql<Answer>(CLAIM_TASK, { input: { idempotencyKey: key(), task } });
  if (answer.__typename === 'Refused') return answer;
  const claimed = answer as Exclude<typeof answer, Refused>;
  return { leaseToken: claimed.leaseToken, contentSha256: claimed.task.contentSha256 };
}

export async function approve(reviewer: Client, task: string, claim: Claim, reasonCode: string): Promise<void> {
  type Answer = { readonly decideTask: { readonly __typename: 'DecideTaskSuccess' } | Refused };
  const { decideTask: answer } = await reviewer.graphql<Answer>(DECIDE_TASK, {
    input: {
      idempotencyKey: key(),
      task,
      leaseToken: claim.leaseToken,
      outcome: 'APPROVE',
      reasonCode,
      text: 'Tone only; the person is shown as in the original.',
      contentSha256: claim.contentSha256,
    },
  });
  granted(answer);
}

/** The first reason code of the bundle for approving. */
export async function approvalCode(reviewer: Client): Promise<string> {
  type Code = string | { readonly code: string };
  type Answer = { readonly activePolicy: { readonly reasonCodes: { readonly approve: readonly Code[] } } };
  const { activePolicy } = await reviewer.graphql<Answer>(ACTIVE_POLICY, {});
  const first = activePolicy.reasonCodes.approve[0];
  if (first === undefined) throw new Error('the bundle names a reason code for approving');
  return typeof first === 'string' ? first : first.code;
}

export async function exportVersion(creator: Client, version: string, format: string): Promise<ExportView> {
  type Answer = {
    readonly exportVersion: { readonly __typename: 'ExportVersionSuccess'; readonly export: { readonly id: string } } | Refused;
  };
  const { exportVersion: answer } = await creator.graphql<Answer>(EXPORT_VERSION, {
    input: { idempotencyKey: key(), version, format: format.toUpperCase() },
  });
  const success = granted(answer);
  const { id } = success.export;
  const done = await poll(
    async () => (await creator.graphql<{ readonly export: ExportView }>(EXPORT, { id })).export,
    ({ state }) => state === 'DONE' || state === 'FAILED',
    EXPORT_TIMEOUT_MS,
  );
  if (done.state === 'FAILED') {
    throw new Stopped('failed', {
      code: done.failure ?? 'EXPORT_FAILED',
      message: done.failureReason ?? 'The export failed.',
      remedy: done.failureRemedy ?? 'Ask for it again; nothing left the house.',
    });
  }
  return done;
}

export async function readLedger(reader: Client): Promise<LedgerView> {
  type Answer = { readonly ledger: Omit<LedgerView, 'tenant'>; readonly viewer: { readonly tenant: { readonly id: string } } };
  const { ledger, viewer } = await reader.graphql<Answer>(LEDGER, {});
  return { ...ledger, tenant: viewer.tenant.id };
}
