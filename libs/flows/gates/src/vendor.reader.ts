import type { VendorFacts } from '@imprimatur/formats/policy';
import { type Attempt, type PictureLicence, type TermsStanding, VendorTermsService } from '@imprimatur/domain/providers';
import { type ItemId, type JsonObject, toPublicId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Who makes the result: the provider that would be asked, or the attempt by which it was made. */
export type Maker = { readonly provider: string; readonly attempt: null } | { readonly provider: string; readonly attempt: Attempt };

/** What the register says of a maker, as facts for the rules and as evidence. */
export interface VendorFinding {
  readonly facts: VendorFacts;
  /** Nothing where nothing leaves the installation. */
  readonly evidence: JsonObject;
}

/** Asks the register of vendors' terms on behalf of the gates. */
@Injectable()
export class VendorReader {
  constructor(private readonly register: VendorTermsService) {}

  /** `items`: those that made the picture so far, with that of the attempt itself. */
  async find(read: ReadContext, { provider, attempt }: Maker, items: readonly ItemId[]): Promise<VendorFinding> {
    const model = attempt && (attempt.ending?.modelVersion ?? attempt.requestedModel);
    const found =
      attempt === null
        ? await this.register.standing(read, provider, null)
        : await this.register.standingThen(read, attempt.terms, model ?? '');
    const licence = await this.register.licence(read, items, found.terms);
    return { facts: factsOf(found, licence), evidence: evidenceOf(provider, model, found) };
  }
}

/** What is free to be done with a picture, in the words of the rules. */
export function usesOf({ commercialUse, modelTraining }: PictureLicence): VendorFacts['licensedFor'] {
  return [...(commercialUse ? (['commercial'] as const) : []), ...(modelTraining ? (['model-training'] as const) : [])];
}

function factsOf({ standing, terms }: TermsStanding, licence: PictureLicence): VendorFacts {
  return {
    vendorTerms: standing,
    vendorMayTrain: terms?.mayTrain ?? false,
    vendorRetentionDays: terms?.retentionDays ?? 0,
    // where nobody else made it there is nobody to answer for it but the tenant, who does
    vendorIndemnifies: standing === 'not-needed' || (terms?.indemnifies ?? false),
    licensedFor: usesOf(licence),
  };
}

function evidenceOf(provider: string, model: string | null, { standing, terms }: TermsStanding): JsonObject {
  if (standing === 'not-needed') return {};
  const agreed = terms && {
    id: toPublicId('terms', terms.id),
    tier: terms.tier,
    regions: [...terms.regions],
    until: terms.until.toISOString(),
  };
  return { vendor: { provider, standing, ...(model === null ? {} : { model }), ...(agreed ? { terms: agreed } : {}) } };
}
