import type { Results } from './crjson.format.js';

/** What a failure code speaks of; everything that is not known to be about trust or time is a failure of the content. */
export type FailureKind = 'trust' | 'signature' | 'content';

const TRUST = /^(signingCredential\.(untrusted|expired|ocsp\..*)|timeStamp\.(untrusted|outsideValidity)|cawg\..*)$/;
const SIGNATURE = /^(claimSignature\.|signingCredential\.|claim\.|algorithm\.|timeStamp\.)/;

export function failureKind(code: string): FailureKind {
  if (TRUST.test(code)) return 'trust';
  return SIGNATURE.test(code) ? 'signature' : 'content';
}

/** Distinct failure codes of one kind, in order of appearance. */
export function failures(results: Results, kind: FailureKind): readonly string[] {
  return [...new Set(results.failure.map(({ code }) => code).filter((code) => failureKind(code) === kind))];
}

export function succeeded(results: Results, code: RegExp): boolean {
  return results.success.some((status) => code.test(status.code));
}

/** A code among everything said, whatever it was filed under. */
export function mentioned(results: Results, code: string): boolean {
  return [...results.success, ...results.informational, ...results.failure].some((status) => status.code === code);
}
