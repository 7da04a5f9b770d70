import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type ExportId, newId, notFound, ok, type PublicationId, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { publicationRegistered, publicationTakenDown } from './publication.events.js';
import { publicationEnded, type PublicationRefusal } from './publication.refusals.js';
import { PublicationRepository } from './publication.repository.js';
import { isSameFile, publicationRefusal } from './publication.rules.js';
import type { NewPublication, Publication, PublicationPage, PublishedFile } from './publication.types.js';

/** The register of where exports were published: what a recall must reach outside the house. */
@Injectable()
export class PublicationService {
  constructor(
    private readonly publications: PublicationRepository,
    private readonly ledger: Ledger,
  ) {}

  /** The caller has seen to it that the export is finished and stands. */
  async register(write: WriteContext, file: PublishedFile, wish: NewPublication): Promise<Result<Publication, PublicationRefusal>> {
    const denied = allow(write.context, 'register', 'Publication');
    if (denied) return refuse(denied);
    const now = systemClock.now();
    const refused = publicationRefusal(wish, now);
    if (refused) return refuse(refused);
    const made = { id: newId('publication'), export: file.export, isSameFile: isSameFile(file, wish.sha256) };
    const { id: entry } = await this.ledger.append(write, publicationRegistered(made, wish));
    const { channel, url, publishedAt } = wish;
    const publication: Publication = {
      ...{ ...made, channel, url, publishedAt, entry },
      ...{ registeredBy: write.context.actor.subject, registeredAt: now, ended: null },
    };
    await this.publications.insert(write, publication);
    return ok(publication);
  }

  async takeDown(write: WriteContext, id: PublicationId): Promise<Result<Publication, PublicationRefusal>> {
    const denied = allow(write.context, 'register', 'Publication');
    if (denied) return refuse(denied);
    const found = await this.publications.lock(write, id);
    if (!found) return refuse(notFound('publication'));
    if (found.ended) return refuse(publicationEnded());
    const ended = { by: write.context.actor.subject, at: systemClock.now() };
    await this.publications.end(write, id, ended);
    await this.ledger.append(write, publicationTakenDown(found));
    return ok({ ...found, ended });
  }

  /** Those of the exports that still stand somewhere; for flows that authorised. */
  async standing(read: ReadContext, exports: readonly ExportId[]): Promise<readonly Publication[]> {
    return exports.length === 0 ? [] : this.publications.standing(read, exports);
  }

  async findMany(read: ReadContext, ids: readonly PublicationId[]): Promise<readonly Publication[]> {
    return allow(read.context, 'read', 'Publication') ? [] : this.publications.findMany(read, ids);
  }

  /** Newest first; the key of a page is the publication's id. */
  async list(read: ReadContext, page: PublicationPage): Promise<readonly Publication[]> {
    return allow(read.context, 'read', 'Publication') ? [] : this.publications.page(read, page);
  }
}
