import type { NewEvent } from '@imprimatur/domain/ledger';
import type { JsonObject } from '@imprimatur/kernel';
import type { ConsentBinding, ConsentRecord } from './consent.types.js';

/** What a consent's events are about: itself and every picture it is bound to. */
function about(record: ConsentRecord, bindings: readonly ConsentBinding[]): NewEvent['about'] {
  return [
    { kind: 'consent', id: record.id },
    ...[...new Set(bindings.map(({ asset }) => asset))].map((id) => ({ kind: 'asset' as const, id })),
    ...[...new Set(bindings.map(({ version }) => version))].map((id) => ({ kind: 'version' as const, id })),
  ];
}

function termsOf({ scope, representative, modelRelease, propertyRelease, validUntil }: ConsentRecord): JsonObject {
  const { useCases, kindsOfChange, channels, territories, providers, training } = scope;
  return {
    scope: {
      useCases: [...useCases],
      kindsOfChange: [...kindsOfChange],
      channels: [...channels],
      territories: [...territories],
      providers: [...providers],
      training,
    },
    representative: representative && { kind: representative.kind, basis: representative.basis },
    modelRelease,
    propertyRelease,
    validUntil: validUntil?.toISOString() ?? null,
  };
}

/** The name, the notice and the picture go with the person: erasure destroys what the commitments could be opened with. */
export function consentRegistered(
  record: ConsentRecord,
  binding: ConsentBinding,
  names: { readonly person: string; readonly representative: string | null },
): NewEvent {
  const subjects = [record.subject];
  return {
    type: 'consent.registered',
    about: about(record, [binding]),
    facts: {
      version: record.version,
      ageBand: record.ageBand,
      method: record.method,
      language: record.notice.language,
      validFrom: record.validFrom.toISOString(),
      ...termsOf(record),
    },
    parts: {
      name: { value: names.person, subjects },
      ...representedBy(record, names.representative),
      notice: { value: record.notice.text, subjects },
      picture: { value: binding.picture.sha256, subjects },
    },
  };
}

function representedBy({ representative }: ConsentRecord, name: string | null): NonNullable<NewEvent['parts']> {
  return representative === null || name === null ? {} : { representative: { value: name, subjects: [representative.subject] } };
}

/** Other terms from now on, under the same id. `representative`: the name of a new one. */
export function consentAmended(
  record: ConsentRecord,
  bindings: readonly ConsentBinding[],
  told: { readonly reason: string; readonly representative: string | null; readonly isNewNotice: boolean },
): NewEvent {
  const subjects = [record.subject];
  return {
    type: 'consent.amended',
    about: about(record, bindings),
    facts: { version: record.version, ...termsOf(record) },
    parts: {
      reason: { value: told.reason, subjects },
      ...(told.isNewNotice ? { notice: { value: record.notice.text, subjects } } : {}),
      ...representedBy(record, told.representative),
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
