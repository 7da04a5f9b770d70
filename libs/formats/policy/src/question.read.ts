import { z } from 'zod';
import { DISCLOSURE_KINDS } from './disclosure.js';
import {
  KNOWN_AS,
  LICENSED_USES,
  OPERATIONS,
  ORIGIN_MISMATCHES,
  SOURCE_RESTRICTIONS,
  SOURCE_RIGHTS,
  VENDOR_TERMS,
  type PolicyQuestion,
} from './question.js';

const count = z.int().min(0);
const score = z.int().min(0).max(1000);

const purpose = { useCase: z.string(), channel: z.string(), territory: z.string() };
const rights = {
  faces: count,
  facesWithoutConsent: count,
  consentScopeMissing: z.array(z.string()),
  sourceRights: z.enum(SOURCE_RIGHTS),
  // questions that were kept before licences had limits were asked about sources without any
  sourceRestricted: z.array(z.enum(SOURCE_RESTRICTIONS)).default([]),
  // questions that were kept before metadata was compared were asked about what people declared, and nothing else
  originMismatch: z.array(z.enum(ORIGIN_MISMATCHES)).default([]),
  // questions that were kept before there was a bank were asked about pictures that nobody had met
  knownAs: z.array(z.enum(KNOWN_AS)).default([]),
};
const request = {
  operations: z.array(z.enum(OPERATIONS)),
  promptCategories: z.array(z.string()),
  joinedCategories: z.array(z.string()).default([]),
  pictureCategories: z.array(z.string()).optional(),
  textCategories: z.array(z.string()).optional(),
  scores: z.strictObject({
    promptMax: score,
    sexual_explicit: score,
    sexual_suggestive: score,
    pictureMax: score.optional(),
    textMax: score.optional(),
  }),
  maskOverlapsFace: z.boolean(),
  provider: z.string(),
};
// questions that were kept before there was a register were asked where nothing left the installation
const licence = { licensedFor: z.array(z.enum(LICENSED_USES)).default([...LICENSED_USES]) };
const vendor = {
  vendorTerms: z.enum(VENDOR_TERMS).default('not-needed'),
  vendorMayTrain: z.boolean().default(false),
  vendorRetentionDays: count.default(0),
  vendorIndemnifies: z.boolean().default(true),
};
// questions that were kept before these were found out: no text was to be acknowledged and no module to be passed then, and nobody counted
const asker = { policyAcknowledged: z.boolean().default(true), trainingCurrent: z.array(z.string()).default([]) };
const pace = { turnsLastHour: count, turnsLastDayTenant: count.default(0), turnsLastDayAsset: count.default(0) };
const exportPace = { exportsLastDay: count.default(0), exportsOfAsset: count.default(0) };
const rendered = { newFaces: count, changedOutsideMaskPermille: z.int().min(0).max(1000) };
const permille = z.int().min(0).max(1000);
// questions that were kept before pictures were compared with their upload were asked about single changes
const sinceRoot = {
  changedFromRootPermille: permille.default(0),
  facesChangedSinceRoot: count.default(0),
  facesAddedSinceRoot: count.default(0),
};
/** A turn that is only asked about has no picture to compare. */
const maybeSinceRoot = {
  changedFromRootPermille: permille.optional(),
  facesChangedSinceRoot: count.optional(),
  facesAddedSinceRoot: count.optional(),
};

/** An export may be asked without them; a default would claim what nobody looked up. */
const exported = {
  vendorTerms: z.enum(VENDOR_TERMS).optional(),
  vendorMayTrain: z.boolean().optional(),
  vendorRetentionDays: count.optional(),
  vendorIndemnifies: z.boolean().optional(),
  policyAcknowledged: z.boolean().optional(),
  trainingCurrent: z.array(z.string()).optional(),
  turnsLastHour: count.optional(),
  turnsLastDayTenant: count.optional(),
  turnsLastDayAsset: count.optional(),
};

const asked = z.discriminatedUnion('question', [
  z.strictObject({
    question: z.literal('EditTurn'),
    roles: z.array(z.string()),
    facts: z.strictObject({
      ...purpose,
      ...rights,
      ...request,
      ...licence,
      ...vendor,
      ...asker,
      ...pace,
      ...optional(rendered),
      ...maybeSinceRoot,
    }),
  }),
  z.strictObject({
    question: z.literal('AutoRelease'),
    roles: z.array(z.string()),
    facts: z.strictObject({ ...purpose, ...rights, ...request, ...licence, ...vendor, ...asker, ...pace, ...rendered, ...sinceRoot }),
  }),
  z.strictObject({
    question: z.literal('Export'),
    roles: z.array(z.string()),
    facts: z.strictObject({
      ...purpose,
      ...rights,
      ...licence,
      ...exportPace,
      ...sinceRoot,
      ...optional(request),
      ...exported,
      ...optional(rendered),
      approved: z.boolean(),
      labelsMissing: z.array(z.enum(DISCLOSURE_KINDS)).default([]),
    }),
  }),
]);

function optional<S extends z.ZodRawShape>(shape: S): { [K in keyof S]: z.ZodOptional<S[K]> } {
  return z.object(shape).partial().shape;
}

export type ReadQuestion =
  { readonly question: PolicyQuestion; readonly complaints: null } | { readonly question: null; readonly complaints: readonly string[] };

/** A question as strictly as the gates ask it: a misspelt or missing fact is refused, not ignored. `complaints`: `facts.faces: ...`. */
export function readQuestion(plain: unknown): ReadQuestion {
  const read = asked.safeParse(plain);
  if (read.success) return { question: read.data satisfies PolicyQuestion, complaints: null };
  return { question: null, complaints: read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}
