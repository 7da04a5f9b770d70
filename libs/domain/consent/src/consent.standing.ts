import type { FormFault } from './consent.fault.js';
import { consentReleaseUnknown, guardianMissing, representativeInvalid } from './consent.refusals.js';
import {
  MODEL_RELEASES,
  type NewConsent,
  type NewRepresentative,
  PROPERTY_RELEASES,
  REPRESENTATIVE_BASES,
  REPRESENTATIVE_KINDS,
  type RepresentativeKind,
} from './consent.types.js';

const NAME_MAX = 200;

/** A representative of a form, as far as it was understood. */
export interface UnderstoodRepresentative {
  readonly kind: RepresentativeKind;
  readonly basis: string;
  readonly name: string;
}

/** Who speaks for the person, and which releases there are: everything that is wrong with it. */
export function faultsOfStanding({
  ageBand,
  representative,
  modelRelease,
  propertyRelease,
}: Pick<NewConsent, 'ageBand' | 'representative' | 'modelRelease' | 'propertyRelease'>): readonly FormFault[] {
  const unknown = (codes: readonly string[], code: string | null | undefined): boolean =>
    Boolean(code) && !codes.some((known) => known === code);
  const faults: (FormFault | false)[] = [
    ageBand === 'minor' && !representative && { field: 'representative', refusal: guardianMissing() },
    Boolean(representative && !representativeOf(representative)) && { field: 'representative', refusal: representativeInvalid() },
    unknown(MODEL_RELEASES, modelRelease) && { field: 'modelRelease', refusal: consentReleaseUnknown('model', MODEL_RELEASES) },
    unknown(PROPERTY_RELEASES, propertyRelease) && {
      field: 'propertyRelease',
      refusal: consentReleaseUnknown('property', PROPERTY_RELEASES),
    },
  ];
  return faults.filter((fault) => fault !== false);
}

/** Null: something of it is not as it should be. */
export function representativeOf({ kind, basis, name }: NewRepresentative): UnderstoodRepresentative | null {
  const known = REPRESENTATIVE_KINDS.find((each) => each === kind);
  const bases: readonly string[] = known === undefined ? [] : REPRESENTATIVE_BASES[known];
  const said = name.trim();
  if (known === undefined || !bases.includes(basis) || said.length === 0 || said.length > NAME_MAX) return null;
  return { kind: known, basis, name: said };
}

export function releaseOf<T extends string>(codes: readonly T[], code: string | null | undefined): T | null {
  return codes.find((known) => known === code) ?? null;
}
