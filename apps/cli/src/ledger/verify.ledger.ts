import { readFileSync, statSync } from 'node:fs';
import { EXIT_CODES } from '@imprimatur/formats/manifest';
import { parseCheckpoint } from '@imprimatur/formats/merkle';
import { Command } from 'commander';
import { UsageError } from '../usage.error.js';
import { jsonLine } from '../verify.output.js';
import { isUrl, openLog, placeOf } from './log.place.js';
import { judgeInherited } from './log.succession.js';
import { logVerdict } from './log.verdict.js';
import { walkPlace } from './log.walker.js';
import { collect, isColourful, printed, tokenOf, withTrust } from './ledger.options.js';
import { type LedgerReport, ledgerText } from './ledger.report.js';
import { readLedgerTrust, readMemories, readText, type TrustOptions } from './ledger.trust.js';
import { receiptsIn, receiptsVerdict } from './receipt.verdict.js';
import { withInherited } from './succession.verdict.js';
import { tlogProofVerdict } from './tlog-proof.verdict.js';

const FILE_BYTES_MAX = 256 * 1024 * 1024;
const TLOG_PROOF = 'c2sp.org/tlog-proof@';

interface Options extends TrustOptions {
  readonly since?: readonly string[];
  readonly entry?: string;
  readonly complete?: boolean;
  readonly token?: string;
  readonly json?: boolean;
}

const DETAILS = `
TARGET is one of
  a folder or URL with a log in C2SP layout (checkpoint, tile/...): every entry is hashed and read, every tile and the root rebuilt, the
    signature checked, and each asset's events counted from the first on; the first bad entry is named
  a receipt, an array of receipts, or one on each line: entry, proof, checkpoint, disclosed parts, and what others put behind it
  a .tlog-proof file, with the entry's bytes in --entry

Nothing that comes with the log is believed. A key that you pinned makes it good; a key that came along says no more than that the log agrees
with itself. Whoever has the log's key can rewrite all of it: an older checkpoint, a receipt or a .tlog-proof of yours (--since) or the
witnesses of a policy (--policy) notice. One from before a succession (a restored backup) is judged by what the log announces. Without them the report says 'operator only'. That an entry was true when it was written is not proven.

Exit codes: 0 good; 1 checked and found bad, also when the quorum of the policy is missing; 2 could not be known (key not known, unreadable,
wrong usage). With --json the last line is one object with "outcome".

Examples:
  imprimatur ledger verify ./exported-log --log-key log.vkey --since checkpoint.2024-06-01
  imprimatur ledger verify https://images.example/log/0 --policy witnesses.policy
  imprimatur ledger verify receipt.json --json | jq .outcome
  imprimatur ledger verify entry.tlog-proof --entry entry.json
`;

export function verifyLedgerCommand(done: (exitCode: number) => void): Command {
  const command = new Command('verify')
    .summary('check a whole log, a receipt or a proof')
    .description('Says whether a log, a receipt or a proof holds, in words, and in the exit code.')
    .argument('<TARGET>', 'folder or URL of a log, or file of receipts or of a .tlog-proof')
    .option('--since <FILE>', 'checkpoint, receipt or .tlog-proof from earlier, out of which the log must have grown; repeatable', collect);
  return withTrust(command)
    .option('--entry <FILE>', 'the exact bytes of the entry that a .tlog-proof is of')
    .option('--complete', 'receipts: each asset that they speak of must be there with all its events from the first on')
    .option('--token <TOKEN>', 'bearer token for a log of a service (default: $IMPRIMATUR_TOKEN)')
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (target: string, options: Options) => done(await verify(target, options)));
}

async function verify(target: string, options: Options): Promise<number> {
  const isLog = isUrl(target) || isFolder(target);
  const report = isLog ? await verifyLog(target, options) : await verifyFile(target, options);
  if (options.json) {
    const { outcome, kind, words, notes, details } = report;
    process.stdout.write(`${jsonLine({ outcome, kind, words, notes, ...printed(details) })}\n`);
  } else process.stdout.write(`${ledgerText(target, report, isColourful())}\n`);
  return EXIT_CODES[report.outcome];
}

async function verifyLog(target: string, options: Options): Promise<LedgerReport> {
  if (options.entry !== undefined || options.complete)
    throw new UsageError('--entry and --complete are for files of proofs and receipts, not for a log');
  const trust = readLedgerTrust(options);
  const memories = readMemories(options.since ?? [], trust);
  const place = await placeOf(target, tokenOf(options.token));
  const note = await openLog(place)('checkpoint');
  if (!note) throw new UsageError(`${target} holds no checkpoint: it is no log in C2SP layout`);
  const head = parseCheckpoint(Buffer.from(note).toString());
  const own = memories.filter(({ origin }) => !head || origin === head.origin);
  const inherited = head
    ? await judgeInherited(
        openLog(place),
        head,
        memories.filter((memory) => !own.includes(memory)),
      )
    : [];
  return withInherited(logVerdict(await walkPlace(place, note, { ...trust, since: own }), trust, own), inherited);
}

async function verifyFile(file: string, options: Options): Promise<LedgerReport> {
  const { entry, complete = false, since = [] } = options;
  if (since.length > 0) throw new UsageError('--since is for a log: a receipt does not show how the log grew');
  const trust = readLedgerTrust(options);
  const text = readText(file, file);
  if (text.startsWith(TLOG_PROOF)) {
    if (entry === undefined) throw new UsageError('a .tlog-proof is checked against the bytes of its entry: give --entry FILE');
    return tlogProofVerdict(text, readBytes(entry), trust);
  }
  if (entry !== undefined) throw new UsageError('--entry goes with a .tlog-proof: a receipt brings its entry along');
  if (parseCheckpoint(text)) throw new UsageError(`${file} is a checkpoint alone: give the folder or URL of its log`);
  const receipts = receiptsIn(text);
  if (!receipts) throw new UsageError(`${file} is no receipt, no list of receipts and no .tlog-proof`);
  return receiptsVerdict(receipts, trust, complete);
}

function isFolder(target: string): boolean {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`${target} is not there`);
  if (found.isFile() && found.size > FILE_BYTES_MAX)
    throw new UsageError(`${target} has ${found.size} bytes; at most ${FILE_BYTES_MAX} are read`);
  return found.isDirectory();
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`--entry: ${error instanceof Error ? error.message : String(error)}`);
  }
}
