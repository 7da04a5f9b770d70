import type { Json, SubjectId } from '@imprimatur/kernel';
import type {
  AskedUse,
  BindingStrength,
  ConsentBinding,
  ConsentOutcome,
  ConsentRecord,
  ConsentScope,
  FaceBox,
  FaceConsent,
  KindOfChange,
} from './consent.types.js';

/** Two boxes are the same face from this overlap on. */
export const IOU_MIN = 0.5;

/** Of 256 bits: seen to be at most this between copies of one picture, and 92 to the nearest other one. */
export const FINGERPRINT_DISTANCE_MAX = 32;

const RETOUCHING = ['tone', 'colour', 'sharpness', 'geometry', 'crop', 'blur', 'text'];
const LOCAL = ['erase', 'recolour'];

/** Area both boxes share, in square thousandths. */
function shared(one: FaceBox, other: FaceBox): number {
  const width = Math.min(one.left + one.width, other.left + other.width) - Math.max(one.left, other.left);
  const height = Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top);
  return Math.max(0, width) * Math.max(0, height);
}

/** Intersection over union, 0 (apart) to 1 (the same). */
export function iou(one: FaceBox, other: FaceBox): number {
  const both = shared(one, other);
  const either = one.width * one.height + other.width * other.height - both;
  return either > 0 ? both / either : 0;
}

/** Whether a mask touches any of the faces; null: there is no mask, and so none that could. */
export function overlaps(mask: FaceBox | null, faces: readonly FaceBox[]): boolean {
  return mask !== null && faces.some((face) => shared(mask, face) > 0);
}

/** How many bits differ between two fingerprints of equal length, each lower- or upper-case hexadecimal. */
export function hamming(one: string, other: string): number {
  let differing = 0;
  for (let at = 0; at < one.length; at += 8) {
    let bits = (Number.parseInt(one.slice(at, at + 8), 16) ^ Number.parseInt(other.slice(at, at + 8), 16)) >>> 0;
    for (; bits !== 0; bits &= bits - 1) differing += 1;
  }
  return differing;
}

/** What a turn's operations do to the people shown: sorted, each once. What is not known counts as the most that can be done. */
export function kindsOfChange(operations: readonly string[], maskOverlapsFace: boolean): readonly KindOfChange[] {
  const kindOf = (operation: string): KindOfChange => {
    if (RETOUCHING.includes(operation)) return 'retouch';
    if (LOCAL.includes(operation)) return maskOverlapsFace ? 'face' : 'background';
    return 'full-replica';
  };
  return [...new Set(operations.map(kindOf))].sort();
}

/** What the scope lacks for the use, as `use-case:advertising`, `channel:web`, `territory:DE`, `kind:face`; empty: it covers it. */
export function covers(scope: ConsentScope, asked: AskedUse): readonly string[] {
  const isEverywhere = scope.territories.includes('*');
  return [
    ...(scope.useCases.includes(asked.useCase) ? [] : [`use-case:${asked.useCase}`]),
    ...(scope.channels.includes(asked.channel) ? [] : [`channel:${asked.channel}`]),
    ...(isEverywhere || scope.territories.includes(asked.territory) ? [] : [`territory:${asked.territory}`]),
    ...(asked.provider === null || scope.providers.includes('*') || scope.providers.includes(asked.provider)
      ? []
      : [`provider:${asked.provider}`]),
    ...(asked.training && !scope.training ? ['training'] : []),
    ...asked.kindsOfChange.filter((kind) => !scope.kindsOfChange.some((agreed) => agreed === kind)).map((kind) => `kind:${kind}`),
  ];
}

/** Whether every use that `wanted` allows is allowed by `scope`, too. */
export function allowsAllOf(scope: ConsentScope, wanted: ConsentScope): boolean {
  const { kindsOfChange, training } = wanted;
  const providers = wanted.providers.length === 0 ? [null] : wanted.providers;
  const uses = wanted.useCases.flatMap((useCase) =>
    wanted.channels.flatMap((channel) =>
      wanted.territories.flatMap((territory) =>
        providers.map((provider): AskedUse => ({ useCase, channel, territory, kindsOfChange, provider, training })),
      ),
    ),
  );
  return uses.every((use) => covers(scope, use).length === 0);
}

/** A minor cannot agree alone. Records from before that was asked for lack their guardian. */
export function lacksGuardian({ ageBand, representative }: Pick<ConsentRecord, 'ageBand' | 'representative'>): boolean {
  return ageBand === 'minor' && representative === null;
}

/** Whom the papers of a consent name. */
export function signatoriesOf({ subject, representative }: Pick<ConsentRecord, 'subject' | 'representative'>): readonly SubjectId[] {
  return representative === null ? [subject] : [subject, representative.subject];
}

/**
 * What was done to the people of a picture, out of the questions that the gates asked about its turns and kept as evidence (`operations`,
 * `maskOverlapsFace`). Evidence that was erased says nothing.
 */
export function kindsOfPast(asked: readonly Json[]): readonly KindOfChange[] {
  const kinds = asked.flatMap((each) => {
    const { operations, maskOverlapsFace } = (each ?? {}) as { readonly operations?: Json; readonly maskOverlapsFace?: Json };
    if (!Array.isArray(operations)) return [];
    return kindsOfChange(operations.map(String), maskOverlapsFace === true);
  });
  return [...new Set(kinds)].sort();
}

/** How many faces neither a record speaks for, be its scope too narrow, nor people. */
export function countUncovered(faces: readonly Pick<FaceConsent, 'outcome'>[]): number {
  return faces.filter(({ outcome }) => outcome !== 'matched' && outcome !== 'scope-missing' && outcome !== 'attested').length;
}

/** What the newest version of a record says at that moment. A withdrawal outlasts the end of the period. */
export function stateAt(record: ConsentRecord, now: Date): 'given' | 'withdrawn' | 'expired' {
  if (record.state === 'withdrawn') return 'withdrawn';
  return record.validUntil !== null && record.validUntil <= now ? 'expired' : 'given';
}

/** Whether the record allows the use at that moment, and if not, why. */
export function judge(
  record: ConsentRecord,
  asked: AskedUse,
  now: Date,
): { readonly outcome: ConsentOutcome; readonly missing: readonly string[] } {
  const state = stateAt(record, now);
  if (state !== 'given') return { outcome: state, missing: [] };
  const missing = [...covers(record.scope, asked), ...(lacksGuardian(record) ? ['guardian'] : [])];
  return { outcome: missing.length === 0 ? 'matched' : 'scope-missing', missing };
}

/** Index of the face a binding speaks for: the one it overlaps most, and only that one; null: none of them. */
export function faceOf(binding: Pick<ConsentBinding, 'face'>, faces: readonly FaceBox[]): number | null {
  let best: number | null = null;
  let most = 0;
  for (const [index, face] of faces.entries()) {
    const overlap = iou(binding.face, face);
    if (overlap >= IOU_MIN && overlap > most) [best, most] = [index, overlap];
  }
  return best;
}

/** A consent that speaks of a face, and what recognised the picture. */
export interface Candidate {
  readonly record: ConsentRecord;
  readonly by: BindingStrength;
}

/** Of several consents bound equally strongly, the one that allows most decides. */
const MILDEST: readonly ConsentOutcome[] = ['matched', 'scope-missing', 'expired', 'withdrawn'];

/**
 * What holds for one face. `tiers` are the consents that speak of it, most strongly bound first: only the first tier that knows the face
 * is asked, so that a weaker likeness to some other picture never heals a withdrawal.
 */
export function strongest(
  tiers: readonly (readonly Candidate[])[],
  asked: AskedUse,
  now: Date,
): Omit<FaceConsent, 'face' | 'attestation' | 'nearest'> {
  const judged = (tiers.find((tier) => tier.length > 0) ?? [])
    .map(({ record, by }) => ({ ...judge(record, asked, now), consent: record.id, subject: record.subject, by }))
    .sort((one, other) => MILDEST.indexOf(one.outcome) - MILDEST.indexOf(other.outcome));
  return judged[0] ?? { outcome: 'missing', consent: null, subject: null, by: null, missing: [] };
}
