import { allow } from '@imprimatur/domain/identity';
import { Ledger, Sealing } from '@imprimatur/domain/ledger';
import { canonicalBytes, systemClock, type TenantId, utf8, type VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { open, seal } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';
import { screeningDone, screeningFailed } from './screening.events.js';
import { ScreeningRepository, type SealedWords } from './screening.repository.js';
import type { PictureScreening, Screening } from './screening.types.js';

/** The kind of job that screens a version; payload: `version`. */
export const SCREENING_JOB = 'screening';

/** What the engines saw in each version, kept so that no turn waits for it twice. */
@Injectable()
export class ScreeningService {
  constructor(
    private readonly screenings: ScreeningRepository,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
    private readonly sealing: Sealing,
  ) {}

  /** Puts the engines to work on a version; part of storing it, and so not asked of anybody's role. Again: nothing. */
  async request(write: WriteContext, version: VersionId): Promise<void> {
    await this.screenings.insertPending(write, version, systemClock.now());
    await this.jobs.enqueue(write, { kind: SCREENING_JOB, key: version, payload: { version } });
  }

  /** Done before: nothing is written. */
  async record(write: WriteContext, version: VersionId, { words = [], ...result }: PictureScreening): Promise<void> {
    const sealed = words.length === 0 ? null : await this.sealWords(write, version, words);
    if (await this.screenings.settle(write, version, systemClock.now(), result, sealed))
      await this.ledger.append(write, screeningDone(version, result));
  }

  /** The engines could not look at it; gates hold until a later try is recorded. */
  async recordFailure(write: WriteContext, version: VersionId, code: string): Promise<void> {
    if (await this.screenings.settle(write, version, systemClock.now(), { failure: code }, null))
      await this.ledger.append(write, screeningFailed(version, code));
  }

  /** What stands in the picture, a line each, for flows that authorised already. Null: nobody has read it; empty: nothing was read, or it was erased. */
  async words(read: ReadContext, { version, result }: Screening): Promise<readonly string[] | null> {
    if (!result?.text) return null;
    const held = await this.screenings.words(read, version);
    const key = held && (await this.sealing.openDataKey(read, held.wrappedKey));
    if (!key) return [];
    return JSON.parse(new TextDecoder().decode(open(key, held.sealed, wordsOf(read.context.tenant, version)))) as readonly string[];
  }

  /** Screenings of pictures that are the same by their pixels, or alike within `distance` of 256 bits, for flows that authorised already. */
  async alike(
    read: ReadContext,
    known: { readonly pixels: readonly Uint8Array[]; readonly fingerprints: readonly string[] },
    distance: number,
  ): Promise<readonly Screening[]> {
    return this.screenings.alike(read, known.pixels, known.fingerprints, distance);
  }

  /** Those of `versions` that were asked for and may be read, in no order. */
  async ofVersions(read: ReadContext, versions: readonly VersionId[]): Promise<readonly Screening[]> {
    return allow(read.context, 'read', 'Asset') ? [] : this.screenings.ofVersions(read, versions);
  }

  /** Under a key of the tenant's that lies beside them: whoever erases the picture destroys both. */
  private async sealWords(write: WriteContext, version: VersionId, words: readonly string[]): Promise<SealedWords> {
    const { key, wrapped } = await this.sealing.newTenantDataKey(write.context.tenant);
    return { sealed: seal(key, canonicalBytes([...words]), wordsOf(write.context.tenant, version)), wrappedKey: wrapped };
  }
}

function wordsOf(tenant: TenantId, version: VersionId): Uint8Array {
  return utf8(`imprimatur/picture-words/v1\0${tenant}\0${version}`);
}
