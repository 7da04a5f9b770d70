import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import type { KnownAs } from '@imprimatur/formats/policy';
import {
  type KnownPictureId,
  newId,
  notFound,
  ok,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
  type VersionId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { pictureLifted, pictureListed } from './known-picture.events.js';
import { type BankRefusal, listingInvalid, pictureAlreadyListed, pictureNotListed } from './known-picture.refusals.js';
import { KnownPictureRepository } from './known-picture.repository.js';
import {
  type BankPage,
  type KnownPicture,
  type ListedAs,
  type Meeting,
  type NewlyKnown,
  type Recognisable,
} from './known-picture.types.js';

const REASON_CHARS_MAX = 2_000;
/** Of 256 bits. The same picture stays within it through other sizes and encodings; the nearest other picture that was seen is 92 away. */
const DISTANCE_MAX = 32;

/** Pictures with a past, so that whoever uploads or makes them again meets it. */
@Injectable()
export class PictureBank {
  constructor(
    private readonly known: KnownPictureRepository,
    private readonly ledger: Ledger,
  ) {}

  /** Joins by what happened to it, which has its own entry in the caller's transaction. Known as that already: nothing. */
  async join(write: WriteContext, picture: NewlyKnown, knownAs: Exclude<KnownAs, ListedAs>): Promise<void> {
    await this.known.insert(write, madeOf(picture, knownAs, null), picture.parent);
    // whoever erases it then still knows it: that is what a quarantine is for
    if (knownAs === 'quarantined') await this.known.keepIdentity(write, picture.id, knownAs);
  }

  /** What happened was undone, with an entry of its own in the caller's transaction. */
  async leave(write: WriteContext, version: VersionId, knownAs: Exclude<KnownAs, ListedAs>): Promise<void> {
    await this.known.leave(write, version, knownAs, systemClock.now());
  }

  /** Those of `versions` that are known as `knownAs`. */
  async among(read: ReadContext, versions: readonly VersionId[], knownAs: KnownAs): Promise<ReadonlySet<VersionId>> {
    return new Set(await this.known.among(read, versions, knownAs));
  }

  /** By people, for any version of a picture that was uploaded or made here. Whether it exists, the caller asked. */
  async list(write: WriteContext, picture: NewlyKnown, knownAs: ListedAs, reason: string): Promise<Result<KnownPicture, BankRefusal>> {
    const denied = allow(write.context, 'create', 'KnownPicture') ?? reasonRefusal(reason);
    if (denied) return refuse(denied);
    const made = madeOf(picture, knownAs, write.context.actor.subject);
    const { id: entry } = await this.ledger.append(write, pictureListed(made.id, picture, knownAs, reason));
    const listed = { ...made, entry };
    return (await this.known.insert(write, listed, picture.parent)) ? ok(listed) : refuse(pictureAlreadyListed());
  }

  /** It counts no more. What is in quarantine leaves by its case only. */
  async lift(write: WriteContext, id: KnownPictureId, reason: string): Promise<Result<KnownPicture, BankRefusal>> {
    const denied = allow(write.context, 'withdraw', 'KnownPicture') ?? reasonRefusal(reason);
    if (denied) return refuse(denied);
    const found = await this.known.lock(write, id);
    if (!found) return refuse(notFound('known picture'));
    if (found.lifted) return refuse(pictureNotListed('it was lifted'));
    if (found.knownAs === 'quarantined') return refuse(pictureNotListed('it is in quarantine, and leaves it by its case'));
    const { id: entry } = await this.ledger.append(write, pictureLifted(found, reason));
    const lifted = { by: write.context.actor.subject, at: systemClock.now(), entry };
    await this.known.lift(write, id, lifted);
    return ok({ ...found, lifted });
  }

  /** For the gates, which authorised already. */
  async meetings(read: ReadContext, picture: Recognisable): Promise<readonly Meeting[]> {
    return this.known.meetings(read, picture, DISTANCE_MAX);
  }

  async findMany(read: ReadContext, ids: readonly KnownPictureId[]): Promise<readonly KnownPicture[]> {
    return allow(read.context, 'read', 'KnownPicture') ? [] : this.known.findMany(read, ids);
  }

  /** Newest first; the key of a page is the id. */
  async page(read: ReadContext, page: BankPage): Promise<readonly KnownPicture[]> {
    return allow(read.context, 'read', 'KnownPicture') ? [] : this.known.page(read, page);
  }
}

function madeOf({ asset, id: version }: NewlyKnown, knownAs: KnownAs, listedBy: SubjectId | null): KnownPicture {
  return { id: newId('known-picture'), asset, version, knownAs, entry: null, since: systemClock.now(), listedBy, lifted: null };
}

function reasonRefusal(reason: string): BankRefusal | null {
  const length = reason.trim().length;
  return length >= 1 && length <= REASON_CHARS_MAX ? null : listingInvalid('reason', `1 to ${REASON_CHARS_MAX} characters`);
}
