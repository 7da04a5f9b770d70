import type { ReceiptTools } from '@imprimatur/formats/ledger';
import type { BoundPixels } from './binding.format.js';
import { checkContent } from './checks/content.check.js';
import { checkIngredientIssuers, checkIngredients } from './checks/ingredients.check.js';
import { checkIssuer } from './checks/issuer.check.js';
import { checkPicture } from './checks/picture.check.js';
import { checkReceipts } from './checks/receipts.check.js';
import { checkSignature } from './checks/signature.check.js';
import { checkTime } from './checks/time.check.js';
import type { StoreReading } from './engine.js';
import { type ReadManifest, readManifest } from './manifest.reader.js';
import { makeReport } from './report.js';
import type { Check, VerificationReport } from './report.types.js';
import { type ManifestFormat, mediaTypeOf, sniffManifestFormat } from './vocabulary.js';

/** What verifying needs from outside: the engine with the verifier's trust anchors, a decoder, and receipt tools with the pinned log keys. */
export interface VerifyTools {
  readStore(bytes: Uint8Array, mediaType: string): Promise<StoreReading>;
  /** Null: it does not decode. */
  digestPixels(bytes: Uint8Array): Promise<BoundPixels | null>;
  readonly receipts: ReceiptTools;
}

/** A report, and the manifest that it speaks of; null where none can be read. */
export interface Examination {
  readonly report: VerificationReport;
  readonly manifest: ReadManifest | null;
}

/** Everything that can be said of one file without asking anybody: no network, no database. Throws only what the tools throw. */
export async function verifyFile(bytes: Uint8Array, tools: VerifyTools): Promise<VerificationReport> {
  return (await examineFile(bytes, tools)).report;
}

/** Like `verifyFile`, for callers who also want to know what the manifest says. */
export async function examineFile(bytes: Uint8Array, tools: VerifyTools): Promise<Examination> {
  const format = sniffManifestFormat(bytes);
  const reading = format && (await tools.readStore(bytes, mediaTypeOf(format)));
  const manifest = reading?.kind === 'store' ? readManifest(reading.crJson, reading.activeUrn) : null;
  if (format && manifest) return { report: makeReport(await checksOf(manifest, format, bytes, tools), manifest), manifest };
  return { report: withoutManifest(reading), manifest: null };
}

function withoutManifest(reading: StoreReading | null): VerificationReport {
  switch (reading?.kind) {
    case undefined:
      return unverifiable('Not a JPEG, PNG, WebP, AVIF or TIFF file; nothing was checked.', 'manifest.format');
    case 'none':
      return unverifiable('The file carries no C2PA manifest.', 'manifest.none');
    case 'remote':
      return unverifiable(
        'The file names a place on the network for its manifest; nothing is fetched on the word of a file.',
        'manifest.remote',
      );
    case 'unreadable':
      return unverifiable(`The manifest cannot be read: ${reading?.why}.`, 'manifest.unreadable');
    case 'store':
      return unverifiable('The manifest store has no active manifest that can be read.', 'manifest.unreadable');
  }
}

async function checksOf(manifest: ReadManifest, format: ManifestFormat, bytes: Uint8Array, tools: VerifyTools): Promise<readonly Check[]> {
  const issuers = checkIngredientIssuers(manifest);
  return [
    { name: 'manifest', outcome: 'good', words: `A C2PA manifest by ${manifest.generator}.`, codes: [] },
    checkSignature(manifest),
    checkContent(manifest, bytes),
    checkIssuer(manifest),
    checkTime(manifest),
    checkIngredients(manifest),
    ...(issuers ? [issuers] : []),
    ...(await receiptChecks(manifest, format, bytes, tools)),
  ];
}

/** None for a file that has no governance assertion: nothing is then said about approvals. */
async function receiptChecks(
  manifest: ReadManifest,
  format: ManifestFormat,
  bytes: Uint8Array,
  tools: VerifyTools,
): Promise<readonly Check[]> {
  const { governance, dataSha256 } = manifest;
  if (governance === 'absent') return [];
  if (governance === 'unreadable') {
    return [
      {
        name: 'receipts',
        outcome: 'unknown',
        words: 'Its governance statement is of another version or shape; its receipts were not read.',
        codes: ['receipt.governance'],
      },
    ];
  }
  const { check, binding } = checkReceipts(governance.receipts, tools.receipts);
  if (!binding) return [check];
  return [check, checkPicture(binding, { format, dataSha256, pixels: await tools.digestPixels(bytes) })];
}

/** The report of a file that nothing could be read of. */
export function unverifiable(words: string, code: string): VerificationReport {
  return makeReport([{ name: 'manifest', outcome: 'unknown', words, codes: [code] }], null);
}
