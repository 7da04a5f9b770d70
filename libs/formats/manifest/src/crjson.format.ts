import { z } from 'zod';

/** One line of a validator: a code of the C2PA specification, and the box that it speaks of. */
const status = z.object({ code: z.string(), url: z.string().default(''), explanation: z.string().default('') });

const results = z.object({
  success: z.array(status).default([]),
  informational: z.array(status).default([]),
  failure: z.array(status).default([]),
});

const certificate = z.object({
  issuer: z.record(z.string(), z.unknown()).default({}),
  subject: z.record(z.string(), z.unknown()).default({}),
});

const signature = z.object({
  certificateInfo: certificate.optional(),
  timeStampInfo: z.object({ timestamp: z.string().optional(), certificateInfo: certificate.optional() }).optional(),
});

const claim = z.object({
  'dc:title': z.string().optional(),
  alg: z.string().optional(),
  claim_generator: z.string().optional(),
  claim_generator_info: z.unknown().optional(),
});

const manifest = z.object({
  label: z.string(),
  isUpdateManifest: z.boolean().default(false),
  assertions: z.record(z.string(), z.unknown()).default({}),
  claim: claim.optional(),
  'claim.v2': claim.optional(),
  signature: signature.optional(),
  validationResults: results.optional(),
  ingredientDeltas: z.array(z.object({ ingredientAssertionURI: z.string(), validationDeltas: results })).default([]),
});

/** What of crJSON (the conformance programme's form of a manifest store) is read here. Fields that are absent stay absent. */
export const crJsonFormat = z.object({ manifests: z.array(manifest) });

export type Status = Readonly<z.infer<typeof status>>;
export type Results = z.infer<typeof results>;
export type CrManifest = z.infer<typeof manifest>;
export type CrJson = z.infer<typeof crJsonFormat>;

/** An ingredient assertion, v1 to v3, with what its maker's validator had found when it was added. */
export const ingredientFormat = z.object({
  relationship: z.string(),
  'dc:title': z.string().optional(),
  activeManifest: z.unknown().optional(),
  c2pa_manifest: z.unknown().optional(),
  validationStatus: z.array(status).default([]),
  validationResults: z
    .object({ activeManifest: results.optional(), ingredientDeltas: z.array(z.object({ validationDeltas: results })).default([]) })
    .optional(),
});

export const dataHashFormat = z.object({
  exclusions: z.array(z.object({ start: z.int().min(0), length: z.int().min(0) })).default([]),
  alg: z.string().optional(),
  /** crJSON writes bytes as `b64'...'`. */
  hash: z.string().regex(/^b64'[A-Za-z0-9+/=]*'$/),
});
