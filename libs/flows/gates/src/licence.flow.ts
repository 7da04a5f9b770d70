import { AssetService } from '@imprimatur/domain/assets';
import { type Attempt, AttemptService, type PictureLicence, VendorTermsService } from '@imprimatur/domain/providers';
import type { VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

export interface VersionLicence {
  readonly licence: PictureLicence;
  /** Whose results are in the picture, oldest first. */
  readonly attempts: readonly Attempt[];
}

/** The register of licences: which providers' output a picture is, and what that leaves one free to do with it. */
@Injectable()
export class LicenceFlow {
  constructor(
    private readonly assets: AssetService,
    private readonly attempts: AttemptService,
    private readonly register: VendorTermsService,
  ) {}

  /** Null: no such version, or not for this actor to see. */
  async of(read: ReadContext, version: VersionId): Promise<VersionLicence | null> {
    const found = await this.assets.findVersion(read, version);
    if (!found.ok) return null;
    const items = (await this.assets.lineage(read, version)).flatMap(({ item }) => item ?? []).reverse();
    const attempts = (await this.attempts.ofItems(read, items)).filter(({ ending }) => ending?.outcome === 'edited');
    const inOrder = [...attempts].sort((a, b) => items.indexOf(a.item) - items.indexOf(b.item));
    return { licence: await this.register.licence(read, items), attempts: inOrder };
  }
}
