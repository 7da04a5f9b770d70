import { type NewTerms, type TermsState, termsStateOf, type VendorTerms } from '@imprimatur/domain/providers';
import type { VersionLicence } from '@imprimatur/flows/gates';
import { type EntryId, type SubjectId, systemClock, type TermsId, toHex, toPublicId } from '@imprimatur/kernel';
import { bytesOfHex } from '../door/index.js';

export interface VendorTermsParent {
  readonly __typename: 'VendorTerms';
  readonly endEntryId: EntryId | null;
  readonly [field: string]: unknown;
}

export interface MakingParent {
  readonly termsId: TermsId | null;
  readonly [field: string]: unknown;
}

export interface RegisterInput extends Omit<NewTerms, 'documentSha256' | 'documentUrl' | 'output' | 'from' | 'until'> {
  readonly idempotencyKey: string;
  readonly documentSha256: string;
  readonly documentUrl?: string | null;
  readonly outputCommercialUse: boolean;
  readonly outputModelTraining: boolean;
  readonly attribution?: string | null;
  readonly validFrom?: Date | null;
  readonly validUntil: Date;
}

export function toVendorTerms(terms: VendorTerms): VendorTermsParent {
  const { id, documentSha256, output, from, until, registeredBy, approved, ended } = terms;
  const { provider, title, documentUrl, tier, models, regions, retentionDays, indemnifies, mayTrain, registeredAt } = terms;
  return {
    ...{ provider, title, documentUrl, tier, models, regions, retentionDays, indemnifies, mayTrain, registeredAt },
    __typename: 'VendorTerms',
    endEntryId: ended?.entry ?? null,
    id: toPublicId('terms', id),
    state: termsStateOf(terms, systemClock.now()).toUpperCase().replace('-', '_'),
    documentSha256: toHex(documentSha256),
    outputCommercialUse: output.commercialUse,
    outputModelTraining: output.modelTraining,
    attribution: output.attribution,
    validFrom: from,
    validUntil: until,
    registeredBy: subjectOf(registeredBy),
    approvedBy: subjectOf(approved?.by ?? null),
    approvedAt: approved?.at ?? null,
    endedBy: subjectOf(ended?.by ?? null),
    endedAt: ended?.at ?? null,
  };
}

export function fromRegisterInput(input: RegisterInput): NewTerms {
  const { provider, title, tier, models, regions, retentionDays, indemnifies, mayTrain } = input;
  return {
    ...{ provider, title, tier, models, regions, retentionDays, indemnifies, mayTrain },
    documentSha256: bytesOfHex(input.documentSha256),
    documentUrl: input.documentUrl ?? null,
    output: {
      commercialUse: input.outputCommercialUse,
      modelTraining: input.outputModelTraining,
      attribution: input.attribution ?? null,
    },
    from: input.validFrom ?? systemClock.now(),
    until: input.validUntil,
  };
}

export function fromState(name: string | null | undefined): TermsState | null {
  return (name?.toLowerCase().replace('_', '-') ?? null) as TermsState | null;
}

export function toPictureLicence({ licence, attempts }: VersionLicence): object {
  return {
    ...licence,
    madeBy: attempts.map(({ item, provider, requestedModel, ending, terms }): MakingParent => ({
      item: toPublicId('item', item),
      provider,
      model: ending?.modelVersion ?? requestedModel,
      termsId: terms,
    })),
  };
}

function subjectOf(id: SubjectId | null): string | null {
  return id && toPublicId('subject', id);
}
