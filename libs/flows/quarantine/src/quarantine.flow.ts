import { AssetService, PictureCopies, PictureQuarantine, type Version } from '@imprimatur/domain/assets';
import { ExportCopies, ExportService } from '@imprimatur/domain/exports';
import { MemberService } from '@imprimatur/domain/identity';
import { PictureBank } from '@imprimatur/domain/moderation';
import {
  type CaseGround,
  type CaseRefusal,
  CaseService,
  type Complaint,
  type QuarantineCase,
  stateOf,
} from '@imprimatur/domain/quarantine';
import { HoldService, type HoldTarget, RetentionGuard, underLegalHold } from '@imprimatur/domain/retention';
import { type Held, Takedown } from '@imprimatur/flows/consents';
import { PictureDestruction } from '@imprimatur/flows/erasure';
import {
  assert,
  type AssetId,
  type CaseId,
  type ExportId,
  notFound,
  ok,
  type Refusal,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
  toHex,
  type VersionId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { handlersInvalid } from './quarantine.refusals.js';

/** The kind of job that removes the sealed bytes of what a case destroyed; payload: `objects`. */
export const CASE_OBJECTS_JOB = 'case-objects';

const CODE = 'QUARANTINED';
const GROUND = { reason: 'quarantined', code: CODE, standing: 'flagged', knownAs: null } as const;
const MAY_HANDLE = ['legal', 'approver'] as const;

export interface QuarantineWish {
  readonly version: VersionId;
  readonly ground: CaseGround;
  readonly reason: string;
  readonly handlers: readonly SubjectId[];
}

/**
 * Keeps pictures from everybody, with everything made from them and every copy of their bytes. Locks in this order, all of them before the first
 * entry of the ledger: the guard of retention, the case, and what `Takedown` holds.
 */
@Injectable()
export class QuarantineFlow {
  constructor(
    private readonly cases: CaseService,
    private readonly members: MemberService,
    private readonly assets: AssetService,
    private readonly quarantine: PictureQuarantine,
    private readonly copies: PictureCopies,
    private readonly exportCopies: ExportCopies,
    private readonly exports: ExportService,
    private readonly takedown: Takedown,
    private readonly destruction: PictureDestruction,
    private readonly bank: PictureBank,
    private readonly guard: RetentionGuard,
    private readonly holds: HoldService,
    private readonly jobs: Jobs,
  ) {}

  /** By a member who saw it: the case begins with the quarantine. */
  async quarantineVersion(
    write: WriteContext,
    { version: id, ground, reason, handlers }: QuarantineWish,
  ): Promise<Result<QuarantineCase, Refusal>> {
    const version = await this.assets.findVersion(write, id);
    if (!version.ok) return version;
    await this.guard.take(write);
    const { asset } = version.value;
    const { roots, held } = await this.hold(write, asset);
    const opened = await this.cases.open(write, { asset, export: null, ground, reason });
    if (!opened.ok) return opened;
    const named = await this.nameOn(write, opened.value, handlers);
    return named.ok ? this.putAway(write, named.value, roots, held) : named;
  }

  /** By a stranger, about a finished export; see `CaseService.complain`. */
  async complain(
    write: WriteContext,
    picture: { readonly asset: AssetId; readonly export: ExportId },
    complaint: Complaint,
  ): Promise<Result<QuarantineCase, CaseRefusal>> {
    return this.cases.complain(write, picture, complaint);
  }

  /** What a complaint is about is put away, by a member who may report pictures. */
  async begin(write: WriteContext, id: CaseId, handlers: readonly SubjectId[]): Promise<Result<QuarantineCase, Refusal>> {
    await this.guard.take(write);
    const found = await this.cases.lock(write, id);
    if (!found) return refuse(notFound('case'));
    const { roots, held } = await this.hold(write, found.asset);
    const named = await this.nameOn(write, found, handlers);
    return named.ok ? this.putAway(write, named.value, roots, held) : named;
  }

  /** The job: nobody acted in time. Put away or ended meanwhile: nothing. */
  async clockRan(write: WriteContext, id: CaseId): Promise<void> {
    await this.guard.take(write);
    const found = await this.cases.lock(write, id);
    assert(found, 'the case of a job exists');
    if (stateOf(found) !== 'open') return;
    const { roots, held } = await this.hold(write, found.asset);
    await this.putAway(write, found, roots, held);
  }

  async name(write: WriteContext, id: CaseId, handlers: readonly SubjectId[]): Promise<Result<QuarantineCase, Refusal>> {
    const found = await this.cases.lock(write, id);
    return found ? this.nameOn(write, found, handlers) : refuse(notFound('case'));
  }

  /** The second of the two: it is done. */
  async confirm(write: WriteContext, id: CaseId): Promise<Result<QuarantineCase, Refusal>> {
    await this.guard.take(write);
    const found = await this.cases.lock(write, id);
    if (!found) return refuse(notFound('case'));
    const refused = this.cases.confirmable(write, found);
    if (refused) return refuse(refused);
    assert(found.proposed, 'what is confirmed was proposed');
    if (found.quarantinedAt === null) return ok(await this.cases.recordEnded(write, found, 'restore', []));
    return found.proposed.outcome === 'restore' ? ok(await this.restore(write, found)) : this.destroy(write, found);
  }

  /** One of the two looks at it; that they did is on record first. */
  async view(
    write: WriteContext,
    id: CaseId,
    version: VersionId,
  ): Promise<Result<{ readonly version: Version; readonly bytes: Uint8Array }, Refusal>> {
    const viewed = await this.cases.recordView(write, id, version);
    return viewed.ok ? this.quarantine.open(write, version, id) : viewed;
  }

  /** What is kept away for the case; none for an actor who may not read cases. */
  async versionsOf(read: ReadContext, id: CaseId): Promise<readonly Version[]> {
    return (await this.cases.findMany(read, [id])).length === 0 ? [] : this.quarantine.of(read, id);
  }

  private async hold(write: WriteContext, asset: AssetId): Promise<{ readonly roots: readonly VersionId[]; readonly held: Held }> {
    const roots = await this.quarantine.rootsOf(write, [asset]);
    return { roots, held: await this.takedown.hold(write, roots) };
  }

  private async nameOn(
    write: WriteContext,
    found: QuarantineCase,
    handlers: readonly SubjectId[],
  ): Promise<Result<QuarantineCase, Refusal>> {
    const roles = await this.members.rolesOf(write, handlers);
    const isAble = handlers.every((id) => roles.get(id)?.some((role) => MAY_HANDLE.some((each) => each === role)));
    return isAble ? this.cases.name(write, found, handlers) : refuse(handlersInvalid());
  }

  private async putAway(
    write: WriteContext,
    found: QuarantineCase,
    roots: readonly VersionId[],
    held: Held,
  ): Promise<Result<QuarantineCase, Refusal>> {
    const recorded = await this.cases.recordQuarantined(write, found, held.versions.length);
    if (!recorded.ok) return recorded;
    const { blocked } = await this.takedown.end(write, roots, held, GROUND);
    const ids = held.versions.map(({ id }) => id);
    await this.quarantine.put(write, ids, blocked, found.id);
    for (const version of held.versions) await this.bank.join(write, version, 'quarantined');
    for (const target of targetsOf(held.versions)) {
      // what is evidence outlives erasures and rules of retention until the case has ended
      const placed = await this.holds.placeFor(write, { target, matter: matterOf(found), reason: 'Kept for its quarantine case.' });
      assert(placed.ok, 'the hold of a case is well-formed, and its own');
    }
    return recorded;
  }

  private async restore(write: WriteContext, found: QuarantineCase): Promise<QuarantineCase> {
    const inside = await this.quarantine.of(write, found.id);
    const { held } = await this.hold(write, found.asset);
    const released = await this.quarantine.release(write, found.id);
    for (const { id } of released) await this.bank.leave(write, id, 'quarantined');
    await this.exports.restoreStanding(write, held.exportIds, CODE);
    await this.holds.releaseFor(write, targetsOf(inside), matterOf(found), 'The case has ended.');
    return this.cases.recordEnded(write, found, 'restore', []);
  }

  /** From the commit on nothing of it opens; what was destroyed is named by its digests, sealed beside the entry that says so. */
  private async destroy(write: WriteContext, found: QuarantineCase): Promise<Result<QuarantineCase, Refusal>> {
    const inside = await this.quarantine.of(write, found.id);
    const versions = inside.map(({ id }) => id);
    const targets = targetsOf(inside);
    const others = (await this.holds.covering(write, targets)).filter(({ matter }) => matter !== matterOf(found));
    if (others.length > 0) return refuse(underLegalHold(others.map(({ id }) => id)));
    await this.takedown.hold(write, versions);
    await this.copies.lockAssets(
      write,
      targets.map(({ id }) => id as AssetId),
    );
    const pictures = (await this.copies.family(write, { subject: null, versions, blobs: [] })).filter(({ version }) =>
      versions.includes(version),
    );
    const exported = await this.exportCopies.ofVersions(write, versions);
    const files = await this.copies.eraseBlobs(
      write,
      exported.flatMap(({ blobs }) => blobs),
      systemClock.now(),
    );
    const { objects } = await this.destruction.destroy(write, pictures);
    await this.exports.endForRights(
      write,
      exported.map((each) => each.export),
      'withdrawn',
      CODE,
    );
    await this.holds.releaseFor(write, targets, matterOf(found), 'The case has ended.');
    await this.jobs.enqueue(write, { kind: CASE_OBJECTS_JOB, key: found.id, payload: { objects: [...files, ...objects] } });
    const digests = pictures.flatMap(({ sha256 }) => (sha256 === null ? [] : [toHex(sha256)]));
    return ok(await this.cases.recordEnded(write, found, 'destroy', digests));
  }
}

const matterOf = ({ id }: QuarantineCase): string => `quarantine case ${id}`;

function targetsOf(versions: readonly Version[]): readonly HoldTarget[] {
  return [...new Set(versions.map(({ asset }) => asset))].map((id) => ({ kind: 'asset', id }));
}
