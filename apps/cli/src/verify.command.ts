import { resolve } from 'node:path';
import { EXIT_CODES, type VerificationReport, withStatus, worstOutcome } from '@imprimatur/formats/manifest';
import { loadConfig } from '@imprimatur/platform/config';
import { Command, InvalidArgumentError } from 'commander';
import { serviceUrl } from './ledger/ledger.options.js';
import { ReaderProcess } from './reader.process.js';
import { jsonLine, reportText } from './verify.output.js';
import { statusOf } from './verify.status.js';
import { readTrust } from './verify.trust.js';

const MEBIBYTE = 1024 * 1024;
const BYTES_MAX = 256 * MEBIBYTE;
const PIXELS_MAX = 100_000_000;
const TIMEOUT_SECONDS = 60;

interface Options {
  readonly trustAnchors?: readonly string[];
  readonly logKey?: readonly string[];
  readonly policy?: string;
  readonly home?: string;
  readonly timeout: number;
  readonly json?: boolean;
  readonly online?: string;
}

const DETAILS = `
Checks, offline: the signature, that the file is what was signed, whether the issuer leads to your trust anchors, the time stamp, the
credentials of what the picture was made from, both receipts with their proofs and checkpoints against the log key you pinned, and that they
speak of this very picture. It asks the network only with --online, and then only whether the export still stands. Nothing that comes with the file is believed: bring the trust anchors and the log key
from a source of your own.

Exit codes: 0 good; 1 checked and found bad, also when the quorum of the policy is missing; 2 could not be known (no manifest, issuer not
trusted, unreadable, wrong usage, --online without an answer). Of several files the worst counts: 1 before 2 before 0. With --json the last line is one object with
"outcome" and a report for each file.

Examples:
  imprimatur verify out/portrait.released.jpg
  imprimatur verify --trust-anchors c2pa-trust-list.pem --log-key log.vkey *.jpg
  imprimatur verify --online https://imprimatur.example out/portrait.released.jpg
  imprimatur verify --json picture.png | jq .outcome
`;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Give a number of seconds above 0.');
  return value;
}

/** `imprimatur verify`; `done` hears the exit code. */
export function verifyCommand(done: (exitCode: number) => void): Command {
  return new Command('verify')
    .summary('check a file offline: signature, trust, history, receipts')
    .description('Says of each FILE whether its C2PA manifest and its receipts hold, in words, and in the exit code.')
    .argument('<FILE...>', 'JPEG, PNG, WebP, AVIF or TIFF')
    .option(
      '--trust-anchors <PEM>',
      'file of certificates that an issuer may lead to; repeatable (default: <home>/trust/anchors.pem)',
      collect,
    )
    .option('--log-key <VKEY>', "the log's verifier key, or a file of them; repeatable (default: <home>/trust/logs.vkey)", collect)
    .option('--policy <FILE>', 'witnesses that must stand behind the log (sigsum policy file); without one it reads operator only')
    .option('--home <DIR>', 'data of the installation (default: $IMPRIMATUR_HOME or ./.imprimatur)')
    .option('--online <URL>', 'service that made the export: ask it whether consent was withdrawn since')
    .option('--timeout <SECONDS>', 'for reading one file', seconds, TIMEOUT_SECONDS)
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (files: readonly string[], options: Options) => done(await verify(files, options)));
}

async function verify(
  files: readonly string[],
  { trustAnchors = [], logKey = [], policy, home, timeout, json = false, online }: Options,
): Promise<number> {
  const trust = readTrust(home ?? loadConfig({ IMPRIMATUR_HOME: process.env.IMPRIMATUR_HOME }).home, trustAnchors, logKey, policy);
  const service = online === undefined ? null : serviceUrl(online, '--online');
  const reader = new ReaderProcess(timeout * 1000);
  const reports: { readonly file: string; readonly report: VerificationReport }[] = [];
  try {
    for (const file of files) {
      const offline = await reader.verify({ file: resolve(file), ...trust, bytesMax: BYTES_MAX, pixelsMax: PIXELS_MAX });
      const report = service === null ? offline : withStatus(offline, await statusOf(offline, service));
      reports.push({ file, report });
      if (!json) process.stdout.write(`${reportText(file, report, isColourful())}\n`);
    }
  } finally {
    reader.close();
  }
  const outcome = worstOutcome(reports.map(({ report }) => report.outcome));
  if (json) process.stdout.write(`${jsonLine({ outcome, files: reports.map(({ file, report }) => ({ file, ...report })) })}\n`);
  return EXIT_CODES[outcome];
}

function isColourful(): boolean {
  return process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}
