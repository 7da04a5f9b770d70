import { z } from 'zod';
import { type HmacSha256, type JsonObject, toBase64Url, utf8, VERDICT_OUTCOMES } from '@imprimatur/kernel';

export const GOVERNANCE_LABEL = 'org.imprimatur.governance';

const receipt = z
  .object({
    v: z.literal(1),
    entry: z.string().describe('The exact bytes of the ledger entry, base64.'),
    parts: z
      .record(z.string(), z.object({ salt: z.string(), bytes: z.string() }))
      .describe("Disclosed parts by name: salt (base64url, 32 bytes) and bytes (base64), to be checked against the entry's commitment."),
    index: z.int().min(0).describe('Leaf index in the log.'),
    proof: z.array(z.string()).describe('RFC 6962 audit path, base64 each, from the leaf up.'),
    checkpoint: z.string().describe('Signed note (C2SP tlog-checkpoint) that the proof leads to.'),
    anchors: z.array(z.json()).describe('Independent evidence for the checkpoint; empty: the operator alone stands behind it.'),
  })
  .describe('Receipt v1: proves that one entry was in a log when its checkpoint was signed.');

/** Governance assertion v1. Fields may be added; a reader ignores what it does not know, and reports another `v`. */
export const governanceFormat = z.object({
  v: z.literal(1),
  export: z.string().describe('Id of the export.'),
  version: z.string().describe('Id of the released version that was exported.'),
  policy: z.object({ id: z.string(), version: z.string(), sha256: z.string() }).describe('The policy bundle that was asked.'),
  verdicts: z
    .array(z.object({ turn: z.string(), gate: z.string(), outcome: z.enum(VERDICT_OUTCOMES), reasons: z.array(z.string()) }))
    .describe('What each gate answered, with rule ids.'),
  consents: z.array(z.string()).describe('Digests of the consent records that covered it.'),
  approvals: z
    .array(z.object({ role: z.string(), reviewer: z.string(), at: z.string(), decision: z.string() }))
    .describe('Who approved: a role, a pseudonym made for this export, a time, and the digest of the decision.'),
  receipts: z
    .object({ released: receipt, rendered: receipt })
    .describe("released: the entry 'version.released'. rendered: the entry 'export.rendered', whose part 'binding' names this very file."),
});

export type Governance = z.infer<typeof governanceFormat>;

/** JSON Schema (2020-12) of the assertion, for whoever reads our files without our code. */
export function governanceSchema(): JsonObject {
  return {
    ...(z.toJSONSchema(governanceFormat, { io: 'input' }) as JsonObject),
    $id: 'urn:imprimatur:schema:governance:1',
    title: `${GOVERNANCE_LABEL} v1`,
  };
}

/** A reviewer's name for one export only: the same person gets another one in the next export. `key` is 32 secret bytes. */
export function reviewerPseudonym(hmac: HmacSha256, key: Uint8Array, exportId: string, reviewerRef: string): string {
  return `reviewer-${toBase64Url(hmac(key, utf8(`imprimatur/reviewer/v1\0${exportId}\0${reviewerRef}`)).subarray(0, 12))}`;
}
