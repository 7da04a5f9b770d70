import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { ConsentRepository } from './consent.repository.js';
import { allowsAllOf, IOU_MIN, iou, lacksGuardian, stateAt } from './consent.rules.js';
import type { ConsentRecord, FaceBox } from './consent.types.js';

/** One face of one picture that a consent speaks of. */
export interface CoveredFace {
  readonly sha256: Uint8Array | null;
  readonly pixelSha256: Uint8Array | null;
  readonly face: FaceBox;
}

/** Whether somebody's other record takes the place of one that ends. */
@Injectable()
export class ConsentCover {
  constructor(private readonly consents: ConsentRepository) {}

  /**
   * True: another record that holds at `now` is bound to the same face of the same file or pixels, and allows all that `ending` allowed. A mere
   * likeness does not count, as in the gates: it never heals a withdrawal.
   */
  async isCovered(read: ReadContext, ending: ConsentRecord, { sha256, pixelSha256, face }: CoveredFace, now: Date): Promise<boolean> {
    const bound = [
      ...(await this.consents.boundToFiles(read, sha256 === null ? [] : [sha256])),
      ...(await this.consents.boundToPixels(read, pixelSha256 === null ? [] : [pixelSha256])),
    ].filter((binding) => binding.consent !== ending.id && iou(binding.face, face) >= IOU_MIN);
    const others = await this.consents.findMany(
      read,
      bound.map(({ consent }) => consent),
    );
    return others.some((other) => stateAt(other, now) === 'given' && !lacksGuardian(other) && allowsAllOf(other.scope, ending.scope));
  }
}
