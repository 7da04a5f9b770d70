import type { ConsentId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { AttestationRepository } from './attestations/attestation.repository.js';
import { attestationOf } from './attestations/attestation.rules.js';
import { nearestRecord } from './consent.nearest.js';
import { ConsentRepository } from './consent.repository.js';
import { FINGERPRINT_DISTANCE_MAX, faceOf, hamming, strongest, type Candidate } from './consent.rules.js';
import type { BindingStrength, ConsentBinding, FaceConsent, MatchQuestion, PictureIdentity } from './consent.types.js';

const FINGERPRINT_PAGE = 1000;

interface KnownBinding {
  readonly binding: ConsentBinding;
  readonly by: BindingStrength;
}

interface Recognised {
  readonly tiers: readonly (readonly KnownBinding[])[];
  /** Bits to the nearest fingerprint; null: nothing to compare. */
  readonly distance: number | null;
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
    const pictures = [question, ...(question.ancestors ?? [])];
    const { tiers, distance } = await this.recognised(read, pictures);
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
      if (attestation) return { ...answer, face, outcome: 'attested', attestation: attestation.id, nearest: null };
      const nearest = answer.outcome === 'missing' ? nearestRecord({ knows: knownBy(tiers, pictures.length), distance }) : null;
      return { ...answer, face, attestation: null, nearest };
    });
  }

  /** Bindings of all pictures by each of their identities, strongest first, and how near the registry comes to the first of them. */
  private async recognised(read: ReadContext, pictures: readonly PictureIdentity[]): Promise<Recognised> {
    const present = <T>(values: readonly (T | null)[]): readonly T[] => values.flatMap((value) => (value === null ? [] : [value]));
    const files = await this.consents.boundToFiles(read, present(pictures.map(({ sha256 }) => sha256)));
    const pixels = await this.consents.boundToPixels(read, present(pictures.map(({ pixelSha256 }) => pixelSha256)));
    const { near, distance } = await this.alike(
      read,
      present(pictures.map(({ fingerprint }) => fingerprint)),
      pictures[0]?.fingerprint ?? null,
    );
    // what a picture was made from is certain, and a likeness is not: the file of the upload decides before looks that the result shares with others
    const tiers = [
      ...pictures.map(({ sha256 }) =>
        by(
          'file',
          files.filter(({ picture }) => isSame(picture.sha256, sha256)),
        ),
      ),
      ...pictures.map(({ pixelSha256 }) =>
        by(
          'pixels',
          pixels.filter(({ picture }) => isSame(picture.pixelSha256, pixelSha256)),
        ),
      ),
      ...pictures.map(({ fingerprint }) =>
        by(
          'fingerprint',
          near.filter(({ picture }) => isAlike(picture.fingerprint, fingerprint)),
        ),
      ),
    ];
    return { tiers, distance };
  }

  /**
   * Bindings whose fingerprint is near one of `fingerprints`. Every fingerprint of the tenant is read, a page at a time: 100,000 bindings
   * are about 100 round trips and 20 MB, which is the most that should be asked of a gate; a larger registry needs an index by bands.
   */
  private async alike(
    read: ReadContext,
    fingerprints: readonly string[],
    own: string | null,
  ): Promise<{ readonly near: readonly ConsentBinding[]; readonly distance: number | null }> {
    if (fingerprints.length === 0) return { near: [], distance: null };
    const near: ConsentBinding[] = [];
    let page: readonly ConsentBinding[];
    let after: ConsentBinding | null = null;
    let distance: number | null = null;
    do {
      page = await this.consents.fingerprintPage(read, FINGERPRINT_PAGE, after);
      near.push(...page.filter(({ picture }) => fingerprints.some((fingerprint) => isAlike(picture.fingerprint, fingerprint))));
      for (const { picture } of page)
        if (picture.fingerprint && own) distance = Math.min(distance ?? 256, hamming(picture.fingerprint, own));
      after = page.at(-1) ?? null;
    } while (page.length === FINGERPRINT_PAGE);
    return { near, distance };
  }
}

function by(strength: BindingStrength, bindings: readonly ConsentBinding[]): readonly KnownBinding[] {
  return bindings.map((binding) => ({ binding, by: strength }));
}

/** Whether the picture itself, the first of `count`, has records, or only what it was made from. */
function knownBy(tiers: Recognised['tiers'], count: number): 'itself' | 'ancestor' | null {
  if (tiers.some((tier, at) => at % count === 0 && tier.length > 0)) return 'itself';
  return tiers.some((tier) => tier.length > 0) ? 'ancestor' : null;
}

function isSame(bound: Uint8Array | null, asked: Uint8Array | null): boolean {
  return bound !== null && asked !== null && Buffer.compare(bound, asked) === 0;
}

function isAlike(bound: string | null, asked: string | null): boolean {
  return bound !== null && asked !== null && bound.length === asked.length && hamming(bound, asked) <= FINGERPRINT_DISTANCE_MAX;
}
