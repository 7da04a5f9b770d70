import type { Receipt } from '@imprimatur/formats/ledger';
import { newId, parseId, toPublicId } from '@imprimatur/kernel';
import { Command } from 'commander';
import { UsageError } from '../usage.error.js';
import { jsonLine } from '../verify.output.js';
import { collect, serviceUrl, tokenOf } from './ledger.options.js';
import { writeWhole } from '../output.file.js';
import { type Refused, ServiceClient } from './service.client.js';

interface Options {
  readonly url: string;
  readonly part: readonly string[];
  readonly reason: string;
  readonly token?: string;
  readonly out?: string;
  readonly json?: boolean;
}

type Answer = { readonly __typename: 'DisclosePartsSuccess'; readonly receipt: Receipt } | (Refused & { readonly __typename: 'Refused' });

const DISCLOSE = `mutation ($input: DisclosePartsInput!) {
  discloseParts(input: $input) { __typename ... on DisclosePartsSuccess { receipt } ... on Refused { code message remedy } }
}`;

const DETAILS = `
Asks the service for the named parts of one entry with their salts; everything else stays withheld, and the receipt shows by the entry's own
commitments that the parts are the ones that were recorded. That it was disclosed, by whom and why, is itself an entry of the ledger.
imprimatur ledger verify FILE shows the disclosed texts, and names the parts that are withheld.

Exit codes: 0 written; 2 it could not be done (refused, erased, no such part, wrong usage).

Examples:
  imprimatur ledger disclose entry_018f3c1e-... --part prompt --reason "case 2024-17" --url https://images.example --out prompt.receipt.json
  imprimatur ledger verify prompt.receipt.json --log-key log.vkey
`;

export function discloseCommand(done: (exitCode: number) => void): Command {
  return new Command('disclose')
    .summary('hand out chosen parts of one entry, provably')
    .description('Writes a receipt (JSON) with chosen parts of one entry disclosed, and the rest withheld.')
    .argument('<ENTRY>', 'id of the entry')
    .requiredOption('--url <URL>', 'the service that keeps the ledger')
    .requiredOption('--part <NAME>', 'prompt, mask, reason ...; repeatable', collect)
    .requiredOption('--reason <TEXT>', 'why, for the ledger')
    .option('--token <TOKEN>', 'bearer token (default: $IMPRIMATUR_TOKEN)')
    .option('--out <FILE>', 'where to write it (default: standard output)')
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (entry: string, options: Options) => done(await disclose(entry, options)));
}

async function disclose(entry: string, options: Options): Promise<number> {
  const { url, part, reason, out, json = false } = options;
  const id = parseId('entry', entry);
  if (!id) throw new UsageError(`${entry} is not the id of an entry: give entry_<uuid> or the UUID`);
  const client = new ServiceClient(serviceUrl(url), tokenOf(options.token));
  const input = { idempotencyKey: newId('request'), entry: toPublicId('entry', id), parts: part, reason };
  const { discloseParts: answer } = await client.ask<{ readonly discloseParts: Answer }>(DISCLOSE, { input });
  if (answer.__typename === 'Refused') throw new UsageError(`${answer.code}: ${answer.message} ${answer.remedy}`);
  const { receipt } = answer;
  if (out !== undefined) {
    await writeWhole(out, `${JSON.stringify(receipt)}\n`);
    if (!json) process.stderr.write(`entry ${receipt.index}: wrote ${out}\n`);
  } else if (!json) process.stdout.write(`${JSON.stringify(receipt)}\n`);
  if (json)
    process.stdout.write(
      `${jsonLine({ outcome: 'done', index: receipt.index, parts: part, ...(out === undefined ? { receipt } : { files: [out] }) })}\n`,
    );
  return 0;
}
