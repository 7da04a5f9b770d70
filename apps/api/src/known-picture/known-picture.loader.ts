import { type KnownPicture, PictureBank } from '@imprimatur/domain/moderation';
import type { Context, KnownPictureId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class KnownPictureLoader extends RequestLoader<KnownPictureId, KnownPicture> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly bank: PictureBank,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly KnownPictureId[]): Promise<ReadonlyMap<KnownPictureId, KnownPicture>> {
    const found = await this.unitOfWork.read(context, (read) => this.bank.findMany(read, ids));
    return new Map(found.map((known) => [known.id, known]));
  }
}
