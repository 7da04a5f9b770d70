import { createHash } from 'node:crypto';
import { Command } from 'commander';
import { serviceUrl, tokenOf } from '../ledger/ledger.options.js';
import { UsageError } from '../usage.error.js';
import { loadFolder } from './bundle.folder.js';
import { openEngine } from './policy.engine.js';
import { print, printJson, tellFaulty } from './policy.output.js';

const TIMEOUT_MS = 60_000;

interface Options {
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
}

interface Stored {
  readonly policyVersion?: {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly hash: string;
    readonly state: string;
  };
  readonly code?: string;
  readonly message?: string;
  readonly remedy?: string;
}

const DETAILS = `
Checks the folder as policy lint does, and stores it with the service as a draft, where its golden tests are asked once more. It judges nothing until
another person activates it (activatePolicy). The same content again answers the draft that is there.

Exit codes: 0 stored; 1 the bundle is faulty, or the service refused it; 2 it could not be done (no service, no right to it, wrong usage).

Example:
  IMPRIMATUR_TOKEN=... imprimatur policy upload policies/ours --url http://localhost:8642
`;

export function uploadCommand(done: (exitCode: number) => void): Command {
  return new Command('upload')
    .summary('store a bundle with a service, as a draft')
    .description('Sends a bundle to a service.')
    .argument('<DIR>', 'folder of the bundle')
    .requiredOption('--url <URL>', 'base URL of the service')
    .option('--token <TOKEN>', 'bearer token (default: $IMPRIMATUR_TOKEN)')
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (folder: string, options: Options) => done(await upload(folder, options)));
}

async function upload(folder: string, { url, token, json = false }: Options): Promise<number> {
  const { bundle, files, problems } = await loadFolder(folder, await openEngine());
  if (problems !== null) return tellFaulty(folder, problems, json);
  const { status, body } = await send(serviceUrl(url), tokenOf(token), JSON.stringify({ files }), bundle.hash);
  if (status === 401) throw new UsageError('the service does not know you: give --token, or set IMPRIMATUR_TOKEN');
  if (status === 403) throw new UsageError(`${body.message ?? 'You may not do this.'} ${body.remedy ?? ''}`.trim());
  const { policyVersion } = body;
  if (!policyVersion) {
    if (body.code === undefined) throw new UsageError(`${url} did not answer as this service does (status ${status})`);
    const words = `${body.message ?? ''} ${body.remedy ?? ''}`.trim();
    if (json) printJson({ outcome: 'bad', code: body.code, words });
    else print([`${folder}: refused, ${body.code}. ${words}`]);
    return 1;
  }
  const { id, name, version, hash, state } = policyVersion;
  if (json) printJson({ outcome: 'done', id, name, version, hash, state });
  else print([`${name} ${version} is stored as ${id}, ${state.toLowerCase()}.`, `  hash ${hash}`]);
  return 0;
}

/** The hash is the idempotency key: the same bundle sent again is the same wish. */
async function send(
  url: string,
  token: string | null,
  body: string,
  hash: string,
): Promise<{ readonly status: number; readonly body: Stored }> {
  try {
    const response = await fetch(`${url}/policy-bundles`, {
      method: 'POST',
      headers: {
        'content-type': 'application/vnd.imprimatur.policy-bundle+json',
        'idempotency-key': `policy-${createHash('sha256').update(hash).update(body).digest('hex')}`,
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: (await response.json()) as Stored };
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly message?: string } };
    throw new UsageError(`${url}/policy-bundles: ${cause?.message ?? (error instanceof Error ? error.message : String(error))}`);
  }
}
