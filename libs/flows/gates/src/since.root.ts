import { AssetService, type Version } from '@imprimatur/domain/assets';
import { type FaceBox, iou } from '@imprimatur/domain/consent';
import type { Screening } from '@imprimatur/domain/moderation';
import type { SinceRootFacts } from '@imprimatur/formats/policy';
import { assert, type Context, Fault, type JsonObject } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Pictures, type RootChange } from '@imprimatur/platform/images';
import { Injectable } from '@nestjs/common';

/** Of a face's pixels per thousand: below, encoders and sharpening reach it; above, an eye or a mouth is another one. */
export const FACE_CHANGED_PERMILLE_MIN = 100;
/** Detectors place one and the same face a little differently each time. */
const SAME_FACE_IOU_MIN = 0.3;

export interface SinceRoot {
  readonly facts: SinceRootFacts;
  /** The numbers behind the facts. */
  readonly evidence: JsonObject;
}

/** Where a picture comes from. */
export interface Descent {
  /** What it was made from, the upload last; it may stand in it itself. */
  readonly lineage: readonly Version[];
  readonly screenings: ReadonlyMap<string, Pick<Screening, 'result'>>;
}

export const UNCHANGED: SinceRoot = {
  facts: { changedFromRootPermille: 0, facesChangedSinceRoot: 0, facesAddedSinceRoot: 0 },
  evidence: {},
};

/** What was made of an upload that could not be looked at: nobody knows what is left of it, so nothing is, and every face was added. */
export const ALL_CHANGED: RootChange = { changedPermille: 1_000, likenessPermille: 0, regions: [] };

/** Whether the upload was looked at, so that something can be compared with it. */
export function isRootSeen({ lineage, screenings }: Descent): boolean {
  const root = lineage.at(-1);
  return root !== undefined && (screenings.get(root.id)?.result ?? null) !== null;
}

/** Compares pictures with the upload that they come from, however many turns lie between: small changes add up. */
@Injectable()
export class RootReader {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly assets: AssetService,
    private readonly pictures: Pictures,
  ) {}

  /** Throws Fault CONTENT_ERASED or SCREENING_MISSING where the upload is not there or was not looked at, and what `Pictures` throws. */
  async compare(context: Context, bytes: Uint8Array, { lineage, screenings }: Descent, signal?: AbortSignal): Promise<RootChange> {
    const root = lineage.at(-1);
    assert(root, 'what was made was made from something');
    const seen = screenings.get(root.id)?.result;
    if (!seen) throw new Fault({ room: 'gates', code: 'SCREENING_MISSING', message: 'the upload was not looked at' });
    const upload = await this.unitOfWork.read(context, (read) => this.assets.readBlob(read, root.blob));
    if (!upload.ok) throw new Fault({ room: 'gates', code: 'CONTENT_ERASED', message: 'the upload was erased' });
    const regions = seen.faces.map(({ left, top, width, height }) => ({ left, top, width, height }));
    return this.pictures.compareWithRoot(upload.value, bytes, regions, signal);
  }
}

/** A face of the upload that was painted over is changed; one in the picture that lies where none of the upload lay was added. */
export function sinceRoot({ changedPermille, likenessPermille, regions }: RootChange, faces: readonly FaceBox[]): SinceRoot {
  const kept = regions.filter((region) => region !== null);
  const changed = kept.filter((region) => region.changedPermille >= FACE_CHANGED_PERMILLE_MIN);
  const added = faces.filter((face) => !kept.some((region) => iou(face, region) >= SAME_FACE_IOU_MIN));
  return {
    facts: {
      changedFromRootPermille: changedPermille,
      facesChangedSinceRoot: changed.length,
      facesAddedSinceRoot: added.length,
    },
    evidence: {
      sinceRoot: {
        changedPermille,
        likenessPermille,
        faces: regions.map((region) => region && { ...region }),
        added: added.map(({ left, top, width, height }) => ({ left, top, width, height })),
      },
    },
  };
}
