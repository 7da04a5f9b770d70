import { AssetFamilies } from '@imprimatur/domain/assets';
import {
  type ConsentBinding,
  type ConsentRecord,
  ConsentService,
  FINGERPRINT_DISTANCE_MAX,
  IOU_MIN,
  iou,
} from '@imprimatur/domain/consent';
import { ScreeningService } from '@imprimatur/domain/moderation';
import { systemClock, type VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Finds the pictures that were judged by a consent: the bound ones, the same files and pixels, and what is alike with the face in its place. */
@Injectable()
export class ConsentReach {
  constructor(
    private readonly families: AssetFamilies,
    private readonly screenings: ScreeningService,
    private readonly consents: ConsentService,
  ) {}

  /** Versions that lose their ground with this record, by id, without what was made from them; those that another record covers are left out. */
  async of(read: ReadContext, record: ConsentRecord, bindings: readonly ConsentBinding[]): Promise<readonly VersionId[]> {
    const reached = new Set<VersionId>();
    for (const binding of bindings) {
      for (const candidate of await this.candidates(read, binding)) {
        if (!(await this.consents.isCovered(read, record, candidate, systemClock.now()))) reached.add(candidate.version);
      }
    }
    return [...reached].sort();
  }

  /** Every version that shows the faces of `bindings`, by id, without what was made from them: whatever else covers them. */
  async every(read: ReadContext, bindings: readonly ConsentBinding[]): Promise<readonly VersionId[]> {
    const reached = new Set<VersionId>();
    for (const binding of bindings) for (const { version } of await this.candidates(read, binding)) reached.add(version);
    return [...reached].sort();
  }

  private async candidates(read: ReadContext, { version, picture, face }: ConsentBinding) {
    const files = await this.families.ofPictures(read, [picture.sha256]);
    const known = {
      pixels: picture.pixelSha256 === null ? [] : [picture.pixelSha256],
      fingerprints: picture.fingerprint === null ? [] : [picture.fingerprint],
    };
    const alike = (await this.screenings.alike(read, known, FINGERPRINT_DISTANCE_MAX)).flatMap(({ version: seen, result }) => {
      const place = result?.faces.find((each) => iou(each, face) >= IOU_MIN);
      return result && place ? [{ version: seen, pixelSha256: result.pixelSha256, face: place }] : [];
    });
    const digests = new Map(
      (
        await this.families.ofIds(
          read,
          alike.map((each) => each.version),
        )
      ).map((found) => [found.id, found.sha256]),
    );
    return [
      { version, sha256: picture.sha256, pixelSha256: picture.pixelSha256, face },
      ...files.map(({ id }) => ({ version: id, sha256: picture.sha256, pixelSha256: picture.pixelSha256, face })),
      ...alike.map((each) => ({ ...each, sha256: digests.get(each.version) ?? null })),
    ];
  }
}
