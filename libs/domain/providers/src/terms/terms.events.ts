import type { NewEvent } from '@imprimatur/domain/ledger';
import { type JsonObject, type TermsId, toHex } from '@imprimatur/kernel';
import type { NewTerms, VendorTerms } from './terms.types.js';

const about = (id: TermsId): NewEvent['about'] => [{ kind: 'terms', id }];

/** What was agreed with a vendor is the tenant's own knowledge; that there is something, for whom and until when, anybody may see who verifies. */
export function termsRegistered(id: TermsId, terms: NewTerms): NewEvent {
  const { provider, from, until } = terms;
  return {
    type: 'terms.registered',
    about: about(id),
    facts: { provider, from: from.toISOString(), until: until.toISOString() },
    parts: { terms: { value: termsAsJson(terms), subjects: [] } },
  };
}

export function termsApproved({ id, provider }: VendorTerms): NewEvent {
  return { type: 'terms.approved', about: about(id), facts: { provider } };
}

export function termsEnded({ id, provider }: VendorTerms, reason: string): NewEvent {
  return { type: 'terms.ended', about: about(id), facts: { provider }, parts: { reason: { value: reason.trim(), subjects: [] } } };
}

function termsAsJson({ documentSha256, from, until, models, regions, output, ...rest }: NewTerms): JsonObject {
  return {
    ...rest,
    models: [...models],
    regions: [...regions],
    output: { ...output },
    documentSha256: toHex(documentSha256),
    from: from.toISOString(),
    until: until.toISOString(),
  };
}
