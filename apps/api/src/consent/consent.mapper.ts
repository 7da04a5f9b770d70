import { type AgeBand, type ConsentEvidence, type ConsentRecord, type NewRepresentative, stateAt } from '@imprimatur/domain/consent';
import { type ConsentId, systemClock, toHex, toPublicId } from '@imprimatur/kernel';

const STATES: Readonly<Record<ReturnType<typeof stateAt>, string>> = { given: 'GIVEN', withdrawn: 'WITHDRAWN', expired: 'EXPIRED' };

export interface ConsentParent {
  readonly __typename: 'ConsentRecord';
  readonly consentId: ConsentId;
  readonly [field: string]: unknown;
}

export function toConsentRecord(record: ConsentRecord): ConsentParent {
  const { representative } = record;
  return {
    __typename: 'ConsentRecord',
    consentId: record.id,
    id: toPublicId('consent', record.id),
    version: record.version,
    subject: toPublicId('subject', record.subject),
    state: STATES[stateAt(record, systemClock.now())],
    ageBand: record.ageBand.toUpperCase(),
    representative: representative && {
      kind: representative.kind.toUpperCase(),
      basis: representative.basis,
      subject: toPublicId('subject', representative.subject),
    },
    method: record.method,
    scope: record.scope,
    modelRelease: record.modelRelease,
    propertyRelease: record.propertyRelease,
    validFrom: record.validFrom,
    validUntil: record.validUntil,
  };
}

export function toConsentVersion({ version, scope, validUntil, createdAt, ...record }: ConsentRecord): object {
  return {
    version,
    scope,
    validUntil,
    createdAt,
    state: STATES[stateAt({ version, scope, validUntil, createdAt, ...record }, systemClock.now())],
  };
}

export function toConsentEvidence({ consent, number, version, format, sizeBytes, sha256, addedAt }: ConsentEvidence): object {
  return {
    ...{ number, format, sizeBytes, addedAt, consentVersion: version },
    sha256: sha256 && toHex(sha256),
    fileUrl: `/consents/${toPublicId('consent', consent)}/evidence/${number}`,
  };
}

/** As GraphQL spells it. */
export interface RepresentativeInput {
  readonly kind: 'GUARDIAN' | 'ESTATE';
  readonly basis: string;
  readonly name: string;
}

export function fromRepresentative(input: RepresentativeInput | null | undefined): NewRepresentative | null {
  return input ? { ...input, kind: input.kind.toLowerCase() } : null;
}

export function fromAgeBand(band: 'ADULT' | 'MINOR'): AgeBand {
  return band === 'ADULT' ? 'adult' : 'minor';
}
