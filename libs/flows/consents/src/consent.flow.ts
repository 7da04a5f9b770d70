import { AssetService, type Version } from '@imprimatur/domain/assets';
import {
  type AttestationGround,
  type AttestationRefusal,
  AttestationService,
  type ConsentRecord,
  ConsentService,
  type FaceAttestation,
  type FaceBox,
  type NewConsent,
} from '@imprimatur/domain/consent';
import { type PictureScreening, ScreeningService } from '@imprimatur/domain/moderation';
import { type AssetId, notFound, ok, refuse, type Result } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { ConsentWarnings } from './consent.warnings.js';
import { type ConsentFlowRefusal, faceUnknown, screeningPending } from './consent.flow.refusals.js';

/** The kind of job that ends what rests on a consent whose time is over; payload: `consent`. */
export const CONSENT_EXPIRY_JOB = 'consent-expiry';

export interface ConsentWish extends Pick<
  NewConsent,
  'person' | 'ageBand' | 'representative' | 'method' | 'notice' | 'scope' | 'modelRelease' | 'propertyRelease' | 'validUntil'
> {
  readonly asset: AssetId;
  /** Which of the faces found in the upload, left to right, from 0. */
  readonly face: number;
}

export interface AttestationWish {
  readonly asset: AssetId;
  /** As in a consent. */
  readonly face: number;
  readonly ground: AttestationGround;
  readonly reference: string | null;
  readonly reason: string;
}

export interface LocatedFace {
  readonly upload: Version & { readonly sha256: Uint8Array };
  readonly seen: PictureScreening;
  readonly face: FaceBox;
}

/** Binds what was agreed, or attested, to the face that was found. */
@Injectable()
export class ConsentFlow {
  constructor(
    private readonly assets: AssetService,
    private readonly screenings: ScreeningService,
    private readonly consents: ConsentService,
    private readonly attestations: AttestationService,
    private readonly jobs: Jobs,
    private readonly warnings: ConsentWarnings,
  ) {}

  /** From then on the person's erasure destroys the picture too. */
  async register(write: WriteContext, { asset, face: index, ...form }: ConsentWish): Promise<Result<ConsentRecord, ConsentFlowRefusal>> {
    const found = await this.locate(write, asset, index);
    return found.ok ? this.bind(write, found.value, form) : found;
  }

  /** The same for a face that was located. */
  async bind(
    write: WriteContext,
    { upload, seen, face }: LocatedFace,
    form: Omit<ConsentWish, 'asset' | 'face'>,
  ): Promise<Result<ConsentRecord, ConsentFlowRefusal>> {
    await this.assets.keepFromErasure(write, upload.id);
    const { asset } = upload;
    const picture = { sha256: upload.sha256, pixelSha256: seen.pixelSha256, fingerprint: seen.fingerprint };
    const registered = await this.consents.register(write, { ...form, asset, version: upload.id, picture, face });
    if (!registered.ok) return registered;
    const { id, subject, validUntil } = registered.value;
    await this.assets.bindSubjects(write, upload.id, [subject]);
    if (validUntil) await this.jobs.enqueue(write, { kind: CONSENT_EXPIRY_JOB, key: id, payload: { consent: id }, runAt: validUntil });
    await this.warnings.schedule(write, registered.value);
    return registered;
  }

  /** Counts for nothing until another person confirms it. */
  async attest(
    write: WriteContext,
    { asset, face: index, ...wish }: AttestationWish,
  ): Promise<Result<FaceAttestation, ConsentFlowRefusal | AttestationRefusal>> {
    const found = await this.locate(write, asset, index);
    if (!found.ok) return found;
    const { upload, face } = found.value;
    await this.assets.keepFromErasure(write, upload.id);
    return this.attestations.attest(write, { ...wish, asset, version: upload.id, face });
  }

  /** The face of that number in the upload, as its screening found it. */
  async locate(read: ReadContext, asset: AssetId, index: number): Promise<Result<LocatedFace, ConsentFlowRefusal>> {
    const upload = await this.uploadOf(read, asset);
    if (!upload || upload.sha256 === null) return refuse(notFound('picture'));
    const [screening] = await this.screenings.ofVersions(read, [upload.id]);
    const seen = screening?.result ?? null;
    if (seen === null) return refuse(screeningPending());
    const face = leftToRight(seen.faces)[index];
    return face ? ok({ upload: { ...upload, sha256: upload.sha256 }, seen, face }) : refuse(faceUnknown(seen.faces.length));
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
