import { type AgeBand, type ConsentRecord, stateAt } from '@imprimatur/domain/consent';
import { systemClock, toPublicId } from '@imprimatur/kernel';

const STATES: Readonly<Record<ReturnType<typeof stateAt>, string>> = { given: 'GIVEN', withdrawn: 'WITHDRAWN', expired: 'EXPIRED' };

export function toConsentRecord(record: ConsentRecord): object {
  return {
    __typename: 'ConsentRecord',
    id: toPublicId('consent', record.id),
    version: record.version,
    subject: toPublicId('subject', record.subject),
    state: STATES[stateAt(record, systemClock.now())],
    scope: record.scope,
    validFrom: record.validFrom,
    validUntil: record.validUntil,
  };
}

export function fromAgeBand(band: 'ADULT' | 'MINOR'): AgeBand {
  return band === 'ADULT' ? 'adult' : 'minor';
}
