import { type Publication, PublicationService } from '@imprimatur/domain/publications';
import type { Context, PublicationId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class PublicationLoader extends RequestLoader<PublicationId, Publication> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly publications: PublicationService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly PublicationId[]): Promise<ReadonlyMap<PublicationId, Publication>> {
    const found = await this.unitOfWork.read(context, (read) => this.publications.findMany(read, ids));
    return new Map(found.map((publication) => [publication.id, publication]));
  }
}
