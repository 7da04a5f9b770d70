import { AssetFamilies } from '@imprimatur/domain/assets';
import { type Export, ExportService } from '@imprimatur/domain/exports';
import { PictureBank } from '@imprimatur/domain/moderation';
import { NoticeService } from '@imprimatur/domain/notices';
import {
  type Publication,
  PublicationService,
  type Recall,
  type RecallCriterion,
  type RecallOutcome,
  type RecallRecipient,
  type RecallRefusal,
  RecallService,
} from '@imprimatur/domain/publications';
import { Takedown } from '@imprimatur/flows/consents';
import {
  assert,
  type Context,
  type ExportId,
  ok,
  type RecallId,
  refuse,
  type Result,
  type SubjectId,
  type VersionId,
} from '@imprimatur/kernel';
import { type ReadContext, UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RecallReach } from './recall.reach.js';

/** Items whose pictures one transaction takes down: some seconds of work, which is what a crash repeats. */
const BATCH = 25;
const CODE = 'RECALLED';
const GROUND = { reason: 'recalled', code: CODE, standing: 'flagged', knownAs: null } as const;

/** What a recall would reach, counted and not touched. */
export interface RecallPreview {
  readonly versions: number;
  readonly exports: number;
  readonly publications: number;
  /** There is more: counting ended. */
  readonly isPartial: boolean;
}

const PREVIEW_VERSIONS_MAX = 2_000;

/** Takes back what has something in common, holds what was made from it, and asks people what became of what they exported. */
@Injectable()
export class RecallFlow {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly recalls: RecallService,
    private readonly publications: PublicationService,
    private readonly reach: RecallReach,
    private readonly families: AssetFamilies,
    private readonly exports: ExportService,
    private readonly takedown: Takedown,
    private readonly notices: NoticeService,
    private readonly bank: PictureBank,
  ) {}

  async preview(read: ReadContext, criterion: RecallCriterion): Promise<Result<RecallPreview, RecallRefusal>> {
    const refused = this.recalls.openRefusal(read, criterion, 'preview');
    if (refused) return refuse(refused);
    const versions = new Set<string>();
    const exports = new Map<ExportId, Export>();
    let part = await this.reach.next(read, criterion, null, BATCH);
    while (part && versions.size < PREVIEW_VERSIONS_MAX) {
      const family = await this.families.of(read, part.roots);
      for (const { id } of family) versions.add(id);
      const found = await this.exports.ofVersions(
        read,
        family.map(({ id }) => id),
      );
      for (const each of found) if (each.state === 'done') exports.set(each.id, each);
      part = await this.reach.next(read, criterion, part.cursor, BATCH);
    }
    const standing = await this.publications.standing(read, [...exports.keys()]);
    return ok({ versions: versions.size, exports: exports.size, publications: standing.length, isPartial: part !== null });
  }

  /** The job: part by part, each in its own transaction with the place where the next begins. */
  async carryOut(context: Context, id: RecallId, signal: AbortSignal): Promise<void> {
    do signal.throwIfAborted();
    while (await this.unitOfWork.write(context, (write) => this.step(write, id)));
  }

  /** Everybody who has not answered is told once more. */
  async remind(write: WriteContext, id: RecallId, given: number): Promise<void> {
    await this.tell(write, id, given + 2, await this.recalls.remind(write, id, given));
  }

  async close(
    write: WriteContext,
    id: RecallId,
    wish: { readonly outcome: RecallOutcome; readonly unanswered: boolean; readonly reason: string },
  ): Promise<Result<Recall, RecallRefusal>> {
    // held before it is asked what other recalls reach: one that runs meanwhile has written what it reached, or finds it free and blocks it
    if (wish.outcome === 'dismissed') await this.takedown.hold(write, await this.recalls.reached(write, id));
    const closed = await this.recalls.close(write, id, wish);
    if (!closed.ok) return closed;
    const { recall, freed } = closed.value;
    // what a consent or an attestation ended meanwhile stays ended
    const withdrawn = await this.bank.among(write, freed.versions, 'withdrawn');
    const isFree = (version: VersionId): boolean => !withdrawn.has(version);
    await this.families.unblock(write, freed.blocked.filter(isFree), { kind: 'recall', id });
    await this.exports.restoreStanding(write, await this.exports.lockOfVersions(write, freed.versions.filter(isFree)), CODE);
    return ok(recall);
  }

  /** False: nothing is left, or it has ended. Locks the recall first, then as every takedown does. */
  private async step(write: WriteContext, id: RecallId): Promise<boolean> {
    const recall = await this.recalls.lock(write, id);
    assert(recall, 'the recall of a job exists');
    if (recall.state !== 'running') return false;
    const part = await this.reach.next(write, await this.recalls.criterionOf(write, recall), recall.cursor, BATCH);
    if (!part) {
      const asked = await this.recalls.reachedAll(write, recall);
      await this.tell(write, id, 1, asked);
      return false;
    }
    const held = await this.takedown.hold(write, part.roots);
    const { report, blocked } = await this.takedown.end(write, part.roots, held, GROUND);
    const [exports, standing] = [await this.exports.ofIds(write, held.exportIds), await this.publications.standing(write, held.exportIds)];
    const versions = held.versions.map(({ id: version }) => version);
    const batch = { versions, blocked, exportsFlagged: report.exportsFlagged, cursor: part.cursor };
    await this.recalls.advance(write, recall, batch, askedAbout(exports, standing));
    return true;
  }

  private async tell(write: WriteContext, about: RecallId, version: number, asked: readonly RecallRecipient[]): Promise<void> {
    await this.notices.tell(
      write,
      { kind: 'recalled', about, version, daysLeft: null, until: null },
      asked.map(({ subject, exports }) => ({ subject, exports })),
    );
  }
}

/** Who is asked what became of which exports: whoever exported them, and whoever registered where they stand. */
export function askedAbout(
  exports: readonly Pick<Export, 'id' | 'requestedBy' | 'state'>[],
  publications: readonly Pick<Publication, 'export' | 'registeredBy'>[],
): ReadonlyMap<SubjectId, readonly ExportId[]> {
  const asked = new Map<SubjectId, Set<ExportId>>();
  const ask = (subject: SubjectId | null, id: ExportId): void => {
    if (subject !== null) asked.set(subject, (asked.get(subject) ?? new Set()).add(id));
  };
  for (const { id, requestedBy, state } of exports) if (state === 'done') ask(requestedBy, id);
  for (const each of publications) ask(each.registeredBy, each.export);
  return new Map([...asked].map(([subject, ids]) => [subject, [...ids].sort()]));
}
