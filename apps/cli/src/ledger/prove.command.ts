import { type Receipt, verifyReceipt } from '@imprimatur/formats/ledger';
import { formatTlogProof } from '@imprimatur/formats/merkle';
import { fromBase64, parseId, toPublicId } from '@imprimatur/kernel';
import { Command } from 'commander';
import { ed25519Verify, hmacSha256, sha256 } from '../node.digests.js';
import { UsageError } from '../usage.error.js';
import { jsonLine } from '../verify.output.js';
import { receiptFrom } from './entry.finder.js';
import { serviceUrl, tokenOf } from './ledger.options.js';
import { openLog, placeOf } from './log.place.js';
import { writeWhole } from '../output.file.js';
import { ServiceClient } from './service.client.js';

interface Options {
  readonly log?: string;
  readonly url?: string;
  readonly token?: string;
  readonly out?: string;
  readonly tlogProof?: boolean;
  readonly json?: boolean;
}

const DETAILS = `
ENTRY is an id (entry_<uuid> or the UUID), or with --log also an index. With --url the service makes the receipt, with whatever stands behind it:
its place in log 0, cosignatures, time stamps. With --log it is made from the files of an exported or served log, with the proof alone.
Nothing of the entry's parts is disclosed; see imprimatur ledger disclose.

Exit codes: 0 written; 1 what the log answered does not prove the entry; 2 it could not be done (no such entry, not signed yet, wrong usage).

Examples:
  imprimatur ledger prove entry_018f3c1e-... --url https://images.example --out receipt.json
  imprimatur ledger prove 4711 --log ./exported-log > receipt.json
  imprimatur ledger prove 4711 --log ./exported-log --tlog-proof --out entry-4711
`;

export function proveCommand(done: (exitCode: number) => void): Command {
  return new Command('prove')
    .summary('write the receipt of one entry')
    .description('Writes a receipt (JSON) that proves, offline, that one entry is in the log.')
    .argument('<ENTRY>', 'id of the entry; with --log also its index')
    .option('--url <URL>', 'the service that keeps the ledger')
    .option('--log <DIR|URL>', 'a log in C2SP layout')
    .option('--token <TOKEN>', 'bearer token (default: $IMPRIMATUR_TOKEN)')
    .option('--out <FILE>', 'where to write it (default: standard output)')
    .option('--tlog-proof', "write <FILE>.tlog-proof (C2SP) and <FILE>.entry, the entry's exact bytes, instead")
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (entry: string, options: Options) => done(await prove(entry, options)));
}

async function prove(entry: string, options: Options): Promise<number> {
  const { log, url, out, tlogProof = false } = options;
  if ((log === undefined) === (url === undefined)) throw new UsageError('give either --url or --log');
  if (tlogProof && out === undefined) throw new UsageError('--tlog-proof writes two files: give --out');
  const token = tokenOf(options.token);
  const receipt =
    url === undefined ? await receiptFrom(openLog(await placeOf(log ?? '', token)), entry) : await fromService(url, token, entry);
  const report = verifyReceipt(receipt, { sha256, hmacSha256, ed25519Verify, logKeys: [] });
  if (report.status === 'broken') {
    if (options.json) process.stdout.write(`${jsonLine({ outcome: 'bad', words: report.why })}\n`);
    process.stderr.write(`imprimatur ledger prove: what the log answered does not prove the entry: ${report.why}\n`);
    return 1;
  }
  const files = await write(receipt, out, tlogProof, options.json ?? false);
  if (options.json)
    process.stdout.write(`${jsonLine({ outcome: 'done', index: receipt.index, files, ...(files.length === 0 && { receipt }) })}\n`);
  else if (files.length > 0) process.stderr.write(`entry ${receipt.index}: wrote ${files.join(' and ')}\n`);
  return 0;
}

/** Answers the files; none: it went to standard output, or does with the JSON. */
async function write(receipt: Receipt, out: string | undefined, tlogProof: boolean, json: boolean): Promise<readonly string[]> {
  if (out === undefined) {
    if (!json) process.stdout.write(`${JSON.stringify(receipt)}\n`);
    return [];
  }
  if (!tlogProof) {
    await writeWhole(out, `${JSON.stringify(receipt)}\n`);
    return [out];
  }
  const { entry, index, proof, checkpoint } = receipt;
  const base = out.replace(/\.tlog-proof$/, '');
  await writeWhole(`${base}.tlog-proof`, formatTlogProof({ index, proof: proof.map(fromBase64), note: checkpoint }));
  await writeWhole(`${base}.entry`, fromBase64(entry));
  return [`${base}.tlog-proof`, `${base}.entry`];
}

async function fromService(url: string, token: string | null, entry: string): Promise<Receipt> {
  const id = parseId('entry', entry);
  if (!id) throw new UsageError(`${entry} is not the id of an entry: with --url give entry_<uuid> or the UUID`);
  const client = new ServiceClient(serviceUrl(url), token);
  const query = `query ($id: ID!) { node(id: $id) { ... on AuditEvent { receipt } } }`;
  const { node } = await client.ask<{ readonly node: { readonly receipt?: Receipt | null } | null }>(query, {
    id: toPublicId('entry', id),
  });
  if (!node) throw new UsageError(`the service holds no entry ${entry} that you may read`);
  if (!node.receipt) throw new UsageError(`no signed checkpoint covers ${entry} yet: try again in a moment`);
  return node.receipt;
}
