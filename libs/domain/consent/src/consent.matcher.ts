import type { ConsentId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { AttestationRepository } from './attestations/attestation.repository.js';
import { attestationOf } from './attestations/attestation.rules.js';
import { ConsentRepository } from './consent.repository.js';
import { FINGERPRINT_DISTANCE_MAX, faceOf, hamming, strongest, type Candidate } from './consent.rules.js';
import type { BindingStrength, ConsentBinding, FaceConsent, MatchQuestion, PictureIdentity } from './consent.types.js';

const FINGERPRINT_PAGE = 1000;

interface KnownBinding {
  readonly binding: ConsentBinding;
  readonly by: BindingStrength;
}

/** Finds who is known to be shown in a picture, by what the picture is known by. */
@Injectable()
export class ConsentMatcher {
  constructor(
    private readonly consents: ConsentRepository,
    private readonly attestations: AttestationRepository,
  ) {}

  async match(read: ReadContext, question: MatchQuestion): Promise<readonly FaceConsent[]> {
    const { faces, now } = question;
    if (faces.length === 0) return [];
    // the picture itself first, then what it was made from, nearest first
    const tiers = await this.recognised(read, [question, ...(question.ancestors ?? [])]);
    const placed = tiers.map((tier) =>
      tier.map((known) => ({ ...known, face: faceOf(known.binding, faces) })).filter(({ face }) => face !== null),
    );
    const ids = new Set<ConsentId>(placed.flat().map(({ binding }) => binding.consent));
    const records = new Map((await this.consents.findMany(read, [...ids])).map((record) => [record.id, record]));
    const attested = (await this.attestations.standing(read, question.versions ?? [])).filter(({ confirmed }) => confirmed !== null);
    return faces.map((box, face) => {
      const candidates = placed.map((tier) =>
        tier.flatMap((known): readonly Candidate[] => {
          const record = known.face === face ? records.get(known.binding.consent) : undefined;
          return record ? [{ record, by: known.by }] : [];
        }),
      );
      const answer = strongest(candidates, question, now);
      // a record decides, also one that has ended: who was known once is identifiable
      const attestation = answer.outcome === 'missing' ? attestationOf(attested, box) : undefined;
      return attestation ? { ...answer, face, outcome: 'attested', attestation: attestation.id } : { ...answer, face, attestation: null };
    });
  }

  /** Bindings of each picture by each of its identities, strongest first. */
  private async recognised(read: ReadContext, pictures: readonly PictureIdentity[]): Promise<readonly (readonly KnownBinding[])[]> {
    const present = <T>(values: readonly (T | null)[]): readonly T[] => values.flatMap((value) => (value === null ? [] : [value]));
    const files = await this.consents.boundToFiles(read, present(pictures.map(({ sha256 }) => sha256)));
    const pixels = await this.consents.boundToPixels(read, present(pictures.map(({ pixelSha256 }) => pixelSha256)));
    const alike = await this.alike(read, present(pictures.map(({ fingerprint }) => fingerprint)));
    return pictures.flatMap(({ sha256, pixelSha256, fingerprint }) => [
      files.filter(({ picture }) => isSame(picture.sha256, sha256)).map((binding) => ({ binding, by: 'file' as const })),
      pixels.filter(({ picture }) => isSame(picture.pixelSha256, pixelSha256)).map((binding) => ({ binding, by: 'pixels' as const })),
      alike.filter(({ picture }) => isAlike(picture.fingerprint, fingerprint)).map((binding) => ({ binding, by: 'fingerprint' as const })),
    ]);
  }

  /**
   * Bindings whose fingerprint is near one of `fingerprints`. Every fingerprint of the tenant is read, a page at a time: 100,000 bindings
   * are about 100 round trips and 20 MB, which is the most that should be asked of a gate; a larger registry needs an index by bands.
   */
  private async alike(read: ReadContext, fingerprints: readonly string[]): Promise<readonly ConsentBinding[]> {
    if (fingerprints.length === 0) return [];
    const near: ConsentBinding[] = [];
    let page: readonly ConsentBinding[];
    let after: ConsentBinding | null = null;
    do {
      page = await this.consents.fingerprintPage(read, FINGERPRINT_PAGE, after);
      near.push(...page.filter(({ picture }) => fingerprints.some((fingerprint) => isAlike(picture.fingerprint, fingerprint))));
      after = page.at(-1) ?? null;
    } while (page.length === FINGERPRINT_PAGE);
    return near;
  }
}

function isSame(bound: Uint8Array | null, asked: Uint8Array | null): boolean {
  return bound !== null && asked !== null && Buffer.compare(bound, asked) === 0;
}

function isAlike(bound: string | null, asked: string | null): boolean {
  return bound !== null && asked !== null && bound.length === asked.length && hamming(bound, asked) <= FINGERPRINT_DISTANCE_MAX;
}
