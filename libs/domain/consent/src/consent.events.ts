import type { NewEvent } from '@imprimatur/domain/ledger';
import type { ConsentBinding, ConsentRecord } from './consent.types.js';

/** What a consent's events are about: itself and every picture it is bound to. */
function about(record: ConsentRecord, bindings: readonly ConsentBinding[]): NewEvent['about'] {
  return [
    { kind: 'consent', id: record.id },
    ...[...new Set(bindings.map(({ asset }) => asset))].map((id) => ({ kind: 'asset' as const, id })),
    ...[...new Set(bindings.map(({ version }) => version))].map((id) => ({ kind: 'version' as const, id })),
  ];
}

/** The name, the notice and the picture go with the person: erasure destroys what the commitments could be opened with. */
export function consentRegistered(record: ConsentRecord, binding: ConsentBinding, person: string): NewEvent {
  const { scope } = record;
  const subjects = [record.subject];
  return {
    type: 'consent.registered',
    about: about(record, [binding]),
    facts: {
      version: record.version,
      ageBand: record.ageBand,
      method: record.method,
      language: record.notice.language,
      scope: {
        useCases: [...scope.useCases],
        kindsOfChange: [...scope.kindsOfChange],
        channels: [...scope.channels],
        territories: [...scope.territories],
      },
      validFrom: record.validFrom.toISOString(),
      validUntil: record.validUntil?.toISOString() ?? null,
    },
    parts: {
      name: { value: person, subjects },
      notice: { value: record.notice.text, subjects },
      picture: { value: binding.picture.sha256, subjects },
    },
  };
}

export function consentWithdrawn(record: ConsentRecord, bindings: readonly ConsentBinding[], reason: string): NewEvent {
  return {
    type: 'consent.withdrawn',
    about: about(record, bindings),
    facts: { version: record.version },
    parts: { reason: { value: reason, subjects: [record.subject] } },
  };
}

/** People were told that its end is near; `told`: how many. */
export function consentExpiryWarned(
  record: ConsentRecord,
  bindings: readonly ConsentBinding[],
  { days, told }: { readonly days: number; readonly told: number },
): NewEvent {
  return {
    type: 'consent.expiry-warned',
    about: about(record, bindings),
    facts: { version: record.version, days, told, validUntil: record.validUntil?.toISOString() ?? null },
  };
}

/** Its time was over; nobody did it. */
export function consentExpired(record: ConsentRecord, bindings: readonly ConsentBinding[]): NewEvent {
  return {
    type: 'consent.expired',
    about: about(record, bindings),
    facts: { version: record.version, validUntil: record.validUntil?.toISOString() ?? null },
  };
}
