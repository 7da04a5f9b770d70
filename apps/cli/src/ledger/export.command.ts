import { join } from 'node:path';
import { firstOf, type LogSource, walkLog } from '@imprimatur/formats/ledger';
import { parseCheckpoint, parseTilePath, TILE_WIDTH } from '@imprimatur/formats/merkle';
import { Command } from 'commander';
import { ed25519Verify, sha256 } from '../node.digests.js';
import { UsageError } from '../usage.error.js';
import { jsonLine } from '../verify.output.js';
import { hashInto } from './fast.hash.js';
import { serviceUrl, tokenOf, withTrust } from './ledger.options.js';
import { readLedgerTrust, type TrustOptions } from './ledger.trust.js';
import { type LogPlace, openLog, readOrNull } from './log.place.js';
import { withCheckpoint } from './log.walker.js';
import { writeWhole } from '../output.file.js';
import { plural } from '../plural.js';
import { ProgressBar } from '../progress.bar.js';
import { ServiceClient } from './service.client.js';

/** Stretches that are asked for at a time: the network is what is waited for. */
const LANES = 3;

interface Options extends TrustOptions {
  readonly url: string;
  readonly token?: string;
  readonly logZero?: boolean;
  readonly json?: boolean;
}

const DETAILS = `
Downloads every file of the log to DIR in C2SP layout, with log.vkey, and verifies it on the way: the checkpoint is written last, and only when
everything agrees. Run it again after an interruption, or later when the log has grown: full tiles that are there are kept, and the log must
have grown out of the checkpoint that DIR holds. log.vkey in DIR is the log's own word: pin a key that you have from elsewhere.

Exit codes: 0 exported, everything agrees; 1 the log is bad, or does not grow out of the checkpoint in DIR; 2 it could not be done.

Examples:
  imprimatur ledger export ./exported-log --url https://images.example
  imprimatur ledger export ./log-zero --url https://images.example --log-zero
  imprimatur ledger export ./exported-log --url https://images.example/log/<token of a capability URL>
  imprimatur ledger verify ./exported-log --log-key log.vkey
`;

export function exportCommand(done: (exitCode: number) => void): Command {
  const command = new Command('export')
    .summary('download a whole log in C2SP layout')
    .description("Downloads the log of the caller's tenant, or log 0, and verifies it on the way.")
    .argument('<DIR>', 'folder to write; made if it is not there')
    .requiredOption('--url <URL>', 'the service that keeps the ledger, or the prefix of a log itself (.../log/...)')
    .option('--log-zero', "the installation's log 0, which holds the tenants' checkpoints, instead")
    .option('--token <TOKEN>', 'bearer token (default: $IMPRIMATUR_TOKEN)');
  return withTrust(command)
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (folder: string, options: Options) => done(await exportLog(folder, options)));
}

async function exportLog(folder: string, options: Options): Promise<number> {
  const trust = readLedgerTrust(options);
  const place = await logOf(options);
  const remote = openLog(place);
  const note = await remote('checkpoint');
  const head = note && parseCheckpoint(Buffer.from(note).toString());
  if (!note || !head) throw new UsageError('the service has no readable checkpoint of that log yet: its first entries are being signed');
  const before = await readOrNull(join(folder, 'checkpoint'));
  const old = before && parseCheckpoint(Buffer.from(before).toString());
  if (before && !old) throw new UsageError(`${join(folder, 'checkpoint')} is no checkpoint: export to another folder`);
  if (old && old.origin !== head.origin) throw new UsageError(`${folder} holds another log, ${old.origin}: export to another folder`);
  const copy = new Copy(folder, remote);
  const bar = new ProgressBar('exporting entries');
  const source = withCheckpoint((path) => copy.file(path), note);
  const tools = { source, sha256, hashInto, ed25519Verify, ...trust, since: old ? [old] : [], lanes: LANES };
  const report = await walkLog({ ...tools, progress: (entries, size) => bar.add(entries, size) }).finally(() => bar.end());
  const first = firstOf(report.findings);
  if (!first) {
    await copy.file('log.vkey');
    await writeWhole(join(folder, 'checkpoint'), note);
  }
  const words = first
    ? `${first.words}: the checkpoint was not written. A file of the folder itself may be damaged: delete ${first.path ?? 'the files it names'} and try again`
    : `${plural(head.size, 'entry', 'entries')} of ${head.origin}, ${plural(copy.fetched, 'file', 'files')} downloaded, ${copy.kept} kept`;
  if (options.json)
    process.stdout.write(`${jsonLine({ outcome: first ? 'bad' : 'done', words, ...report, fetched: copy.fetched, kept: copy.kept })}\n`);
  else process.stdout.write(`${folder}: ${first ? 'bad' : 'done'}. ${words}.\n`);
  return first ? 1 : 0;
}

async function logOf({ url, token: option, logZero = false }: Options): Promise<LogPlace> {
  const service = serviceUrl(url);
  const token = tokenOf(option);
  if (new URL(service).pathname.includes('/log/')) {
    if (logZero) throw new UsageError('--url names a log already: leave --log-zero out');
    return { kind: 'url', url: service, token };
  }
  if (logZero) return { kind: 'url', url: `${service}/log/0`, token: null };
  const { ledger } = await new ServiceClient(service, token).ask<{ readonly ledger: { readonly url: string } }>('{ ledger { url } }');
  return { kind: 'url', url: new URL(ledger.url, `${service}/`).href.replace(/\/$/, ''), token };
}

/** Files of a log that is copied: what is there and can never change is kept, the rest is fetched and written. */
class Copy {
  fetched = 0;
  kept = 0;

  constructor(
    private readonly folder: string,
    private readonly remote: LogSource,
  ) {}

  async file(path: string): Promise<Uint8Array | null> {
    const file = join(this.folder, path);
    const tile = parseTilePath(path);
    const kept = tile && tile.width === TILE_WIDTH ? await readOrNull(file) : null;
    if (kept) {
      this.kept += 1;
      return kept;
    }
    const bytes = await this.remote(path);
    if (!bytes) return null;
    await writeWhole(file, bytes);
    this.fetched += 1;
    return bytes;
  }
}
