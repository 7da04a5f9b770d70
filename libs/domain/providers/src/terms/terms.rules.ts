import type { SubjectId } from '@imprimatur/kernel';
import { termsInvalid, termsNeedAnother, termsNotOpen, type TermsRefusal } from './terms.refusals.js';
import type { NewTerms, PictureLicence, TermsStanding, TermsState, VendorTerms } from './terms.types.js';

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const REGION = /^(EU|[A-Z]{2})$/;
const DIGEST_BYTES = 32;
const TITLE_CHARS_MAX = 200;
const WORD_CHARS_MAX = 100;
const ATTRIBUTION_CHARS_MAX = 300;
const URL_CHARS_MAX = 2_000;
const REASON_CHARS_MAX = 2_000;
const MODELS_MAX = 50;
const REGIONS_MAX = 100;
const RETENTION_DAYS_MAX = 36_500;
const YEARS_MAX = 10;
const YEAR_MS = 366 * 86_400_000;

export function stateOf({ ended, until, approved, from }: VendorTerms, now: Date): TermsState {
  if (ended) return 'ended';
  if (until.getTime() <= now.getTime()) return 'expired';
  if (!approved) return 'proposed';
  return from.getTime() > now.getTime() ? 'agreed' : 'in-force';
}

/** Why there cannot be such terms; null: there can. `local` are the providers that send nothing anywhere. */
export function termsRefusal(wish: NewTerms, local: readonly string[], now: Date): TermsRefusal | null {
  return vendorRefusal(wish, local) ?? promiseRefusal(wish) ?? timeRefusal(wish, now);
}

function vendorRefusal({ provider, title, documentSha256, documentUrl, tier }: NewTerms, local: readonly string[]): TermsRefusal | null {
  if (!NAME.test(provider)) return termsInvalid('provider', 'its name as configured, in lower case');
  if (local.includes(provider)) return termsInvalid('provider', 'one that pictures leave for; this one works inside the installation');
  if (!isWord(title, TITLE_CHARS_MAX)) return termsInvalid('title', `1 to ${TITLE_CHARS_MAX} characters`);
  if (documentSha256.length !== DIGEST_BYTES) return termsInvalid('digest', 'the SHA-256 of the document, 64 hexadecimal digits');
  if (documentUrl !== null && !isHttps(documentUrl)) return termsInvalid('address', 'an https address, or none');
  return isWord(tier, WORD_CHARS_MAX) ? null : termsInvalid('tier', `1 to ${WORD_CHARS_MAX} characters`);
}

function promiseRefusal({ models, regions, retentionDays, output }: NewTerms): TermsRefusal | null {
  if (!isList(models, MODELS_MAX, (model) => isWord(model, WORD_CHARS_MAX)))
    return termsInvalid('list of models', `1 to ${MODELS_MAX} models, each once, exactly as the vendor names them`);
  if (!isList(regions, REGIONS_MAX, (region) => REGION.test(region)))
    return termsInvalid('list of regions', 'countries by their ISO 3166 code, or EU, each once');
  if (!Number.isSafeInteger(retentionDays) || retentionDays < 0 || retentionDays > RETENTION_DAYS_MAX)
    return termsInvalid('retention', `whole days from 0 to ${RETENTION_DAYS_MAX}`);
  return output.attribution === null || isWord(output.attribution, ATTRIBUTION_CHARS_MAX)
    ? null
    : termsInvalid('attribution', `1 to ${ATTRIBUTION_CHARS_MAX} characters, or none`);
}

function timeRefusal({ from, until }: NewTerms, now: Date): TermsRefusal | null {
  const length = until.getTime() - from.getTime();
  if (!(length > 0 && length <= YEARS_MAX * YEAR_MS))
    return termsInvalid('period', `a beginning and a later end, at most ${YEARS_MAX} years apart`);
  return until.getTime() > now.getTime() ? null : termsInvalid('end', 'a time to come');
}

export function reasonRefusal(reason: string): TermsRefusal | null {
  return isWord(reason, REASON_CHARS_MAX) ? null : termsInvalid('reason', `1 to ${REASON_CHARS_MAX} characters`);
}

/** Why `by` may not agree to them, or null. */
export function approvalRefusal(terms: VendorTerms, by: SubjectId | null, now: Date): TermsRefusal | null {
  const state = stateOf(terms, now);
  if (state !== 'proposed') return termsNotOpen(state, 'only proposed ones are approved');
  return by !== null && by === terms.registeredBy ? termsNeedAnother() : null;
}

/** `model` as it was asked for, or, once the vendor has answered, as it says that it is. */
export function standingOf(terms: VendorTerms | null, model: string): TermsStanding {
  if (!terms) return { standing: 'missing', terms: null };
  return { standing: terms.models.includes(model) ? 'in-force' : 'model-unknown', terms };
}

/** What is left when everything that made a picture is taken together: a use is free where all allow it. */
export function licenceOf(made: readonly Pick<VendorTerms, 'output'>[]): PictureLicence {
  return {
    commercialUse: made.every(({ output }) => output.commercialUse),
    modelTraining: made.every(({ output }) => output.modelTraining),
    attributions: [...new Set(made.flatMap(({ output }) => output.attribution ?? []))],
  };
}

function isWord(text: string, charsMax: number): boolean {
  const { length } = text.trim();
  return length >= 1 && text.length <= charsMax;
}

function isList(list: readonly string[], countMax: number, isGood: (word: string) => boolean): boolean {
  return list.length >= 1 && list.length <= countMax && new Set(list).size === list.length && list.every(isGood);
}

function isHttps(text: string): boolean {
  return text.length <= URL_CHARS_MAX && URL.canParse(text) && new URL(text).protocol === 'https:';
}
