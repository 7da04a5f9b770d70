import { AssetService, type Version } from '@imprimatur/domain/assets';
import { type ConsentRecord, ConsentService, type FaceBox, type NewConsent } from '@imprimatur/domain/consent';
import { ScreeningService } from '@imprimatur/domain/moderation';
import { type AssetId, notFound, refuse, type Result } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { type ConsentFlowRefusal, faceUnknown, screeningPending } from './consent.flow.refusals.js';

export interface ConsentWish extends Pick<NewConsent, 'person' | 'ageBand' | 'method' | 'notice' | 'scope' | 'validUntil'> {
  readonly asset: AssetId;
  /** Which of the faces found in the upload, left to right, from 0. */
  readonly face: number;
}

/** Binds what a person agreed to to the face that was found of them. */
@Injectable()
export class ConsentFlow {
  constructor(
    private readonly assets: AssetService,
    private readonly screenings: ScreeningService,
    private readonly consents: ConsentService,
  ) {}

  /** From then on the person's erasure destroys the picture too. */
  async register(write: WriteContext, { asset, face: index, ...form }: ConsentWish): Promise<Result<ConsentRecord, ConsentFlowRefusal>> {
    const upload = await this.uploadOf(write, asset);
    if (!upload || upload.sha256 === null) return refuse(notFound('picture'));
    const [screening] = await this.screenings.ofVersions(write, [upload.id]);
    const seen = screening?.result ?? null;
    if (seen === null) return refuse(screeningPending());
    const face = leftToRight(seen.faces)[index];
    if (!face) return refuse(faceUnknown(seen.faces.length));
    await this.assets.keepFromErasure(write, upload.id);
    const picture = { sha256: upload.sha256, pixelSha256: seen.pixelSha256, fingerprint: seen.fingerprint };
    const registered = await this.consents.register(write, { ...form, asset, version: upload.id, picture, face });
    if (registered.ok) await this.assets.bindSubjects(write, upload.id, [registered.value.subject]);
    return registered;
  }

  /** An asset has one upload: its first version. */
  private async uploadOf(read: ReadContext, asset: AssetId): Promise<Version | null> {
    const [first] = await this.assets.listVersions(read, asset, { first: 1, after: null });
    return first?.origin === 'upload' ? first : null;
  }
}

/** The order in which people count faces, whatever order the engine found them in. */
function leftToRight(faces: readonly FaceBox[]): readonly FaceBox[] {
  return faces
    .map(({ left, top, width, height }) => ({ left, top, width, height }))
    .sort((one, other) => one.left - other.left || one.top - other.top);
}
