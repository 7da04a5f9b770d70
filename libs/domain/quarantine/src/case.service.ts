import { allow, SubjectService } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import {
  type AssetId,
  type CaseId,
  type ExportId,
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
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { caseComplained, caseEnded, caseEndProposed, caseOpened, caseQuarantined, caseViewed, handlersNamed } from './case.events.js';
import { caseExists, type CaseRefusal } from './case.refusals.js';
import { CaseRepository } from './case.repository.js';
import {
  clockActs,
  complaintRefusal,
  confirmationRefusal,
  dueAt,
  handlersRefusal,
  isMoreUrgent,
  namingRefusal,
  preservedUntil,
  proposalRefusal,
  quarantineRefusal,
  reasonRefusal,
  viewRefusal,
} from './case.rules.js';
import type { CaseGround, CaseOutcome, CasePage, Complaint, QuarantineCase } from './case.types.js';

/** The kind of job that acts when nobody else has in time; payload: `case`. */
export const CASE_CLOCK_JOB = 'case-clock';

export interface NewCase {
  readonly asset: AssetId;
  readonly export: ExportId | null;
  readonly ground: CaseGround;
  readonly reason: string;
}

/** What a case must remember. Whether its people may be named, and what becomes of the pictures, is its flow's. */
@Injectable()
export class CaseService {
  constructor(
    private readonly cases: CaseRepository,
    private readonly subjects: SubjectService,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
  ) {}

  /** By a member. One case about a picture at a time. */
  async open(write: WriteContext, wish: NewCase): Promise<Result<QuarantineCase, CaseRefusal>> {
    const denied = allow(write.context, 'create', 'QuarantineCase') ?? reasonRefusal(wish.reason);
    if (denied) return refuse(denied);
    const opened = await this.insert(write, wish);
    return opened ? ok(opened) : refuse(caseExists());
  }

  /** By a stranger, whom nobody asked who they are: adds to the case about the picture, or opens one. A more urgent ground makes it more urgent. */
  async complain(
    write: WriteContext,
    picture: { readonly asset: AssetId; readonly export: ExportId },
    complaint: Complaint,
  ): Promise<Result<QuarantineCase, CaseRefusal>> {
    const refused = complaintRefusal(complaint);
    if (refused) return refuse(refused);
    const found =
      (await this.cases.lockOf(write, picture.asset)) ??
      (await this.insert(write, { ...picture, ground: complaint.ground, reason: 'A complaint about an export.' })) ??
      // somebody opened one this moment
      (await this.cases.lockOf(write, picture.asset));
    if (!found) return refuse(caseExists());
    const complainant = await this.subjects.create(write, { kind: 'person', displayName: complaint.name.trim() });
    await this.ledger.append(write, caseComplained(found, complaint, complainant.id));
    return ok(await this.hurry(write, found, complaint.ground));
  }

  /** Held until the transaction ends; null: no such case. */
  async lock(write: WriteContext, id: CaseId): Promise<QuarantineCase | null> {
    return this.cases.lock(write, id);
  }

  /** The caller holds case and pictures, and puts them away in the same transaction. */
  async recordQuarantined(write: WriteContext, found: QuarantineCase, versions: number): Promise<Result<QuarantineCase, CaseRefusal>> {
    const refused = quarantineRefusal(found);
    if (refused) return refuse(refused);
    const at = systemClock.now();
    const until = preservedUntil(found.ground, at);
    await this.ledger.append(write, caseQuarantined(found, versions, write.context.actor.kind === 'system'));
    await this.cases.setQuarantined(write, found.id, at, until);
    return ok({ ...found, quarantinedAt: at, preservedUntil: until });
  }

  /** In place of those before them. Whether they are people of this tenant who may decide, the flow asked. */
  async name(write: WriteContext, found: QuarantineCase, handlers: readonly SubjectId[]): Promise<Result<QuarantineCase, CaseRefusal>> {
    const refused = namingRefusal(found) ?? handlersRefusal(handlers);
    if (refused) return refuse(refused);
    await this.ledger.append(write, handlersNamed(found, handlers));
    await this.cases.setHandlers(write, found.id, handlers);
    return ok({ ...found, handlers, proposed: null });
  }

  /** By one of the two. Asked again before the other confirmed: the newer one counts. */
  async propose(write: WriteContext, id: CaseId, outcome: CaseOutcome, reason: string): Promise<Result<QuarantineCase, CaseRefusal>> {
    const denied = allow(write.context, 'decide', 'QuarantineCase') ?? reasonRefusal(reason);
    if (denied) return refuse(denied);
    const found = await this.cases.lock(write, id);
    if (!found) return refuse(notFound('case'));
    const [by, at] = [write.context.actor.subject, systemClock.now()];
    const refused = proposalRefusal(found, outcome, by, at);
    if (refused) return refuse(refused);
    const { id: entry } = await this.ledger.append(write, caseEndProposed(found, outcome, reason));
    const proposed = { outcome, by, at, entry };
    await this.cases.setProposed(write, id, proposed);
    return ok({ ...found, proposed });
  }

  /** Null: the other of the two may confirm it now. The caller holds it. */
  confirmable(write: WriteContext, found: QuarantineCase): CaseRefusal | null {
    return allow(write.context, 'decide', 'QuarantineCase') ?? confirmationRefusal(found, write.context.actor.subject, systemClock.now());
  }

  /** `digests`: hex SHA-256 of what was destroyed. */
  async recordEnded(write: WriteContext, found: QuarantineCase, outcome: CaseOutcome, digests: readonly string[]): Promise<QuarantineCase> {
    const ended = { outcome, by: write.context.actor.subject, at: systemClock.now() };
    await this.ledger.append(write, caseEnded(found, outcome, digests));
    await this.cases.setEnded(write, found.id, ended);
    return { ...found, ended };
  }

  /** Written before one of the two sees the picture. */
  async recordView(write: WriteContext, id: CaseId, version: VersionId): Promise<Result<QuarantineCase, CaseRefusal>> {
    const [found] = await this.findMany(write, [id]);
    if (!found) return refuse(notFound('case'));
    const denied = allow(write.context, 'decide', 'QuarantineCase') ?? viewRefusal(found, write.context.actor.subject);
    if (denied) return refuse(denied);
    await this.ledger.append(write, caseViewed(found, version));
    return ok(found);
  }

  async findMany(read: ReadContext, ids: readonly CaseId[]): Promise<readonly QuarantineCase[]> {
    return allow(read.context, 'read', 'QuarantineCase') ? [] : this.cases.findMany(read, ids);
  }

  /** Newest first; the key of a page is the case's id. */
  async list(read: ReadContext, page: CasePage): Promise<readonly QuarantineCase[]> {
    return allow(read.context, 'read', 'QuarantineCase') ? [] : this.cases.page(read, page);
  }

  private async insert(write: WriteContext, { asset, export: exported, ground, reason }: NewCase): Promise<QuarantineCase | null> {
    const id = newId('case');
    const openedAt = systemClock.now();
    const due = dueAt(ground, openedAt);
    const { id: entry } = await this.ledger.append(write, caseOpened({ id, asset, export: exported }, ground, due, reason));
    const made: QuarantineCase = {
      ...{ id, ground, asset, export: exported, entry, openedAt, dueAt: due },
      ...{ openedBy: write.context.actor.subject, handlers: [], quarantinedAt: null, preservedUntil: null, proposed: null, ended: null },
    };
    if (!(await this.cases.insert(write, made))) return null;
    await this.startClock(write, made);
    return made;
  }

  private async hurry(write: WriteContext, found: QuarantineCase, ground: CaseGround): Promise<QuarantineCase> {
    if (found.quarantinedAt !== null || !isMoreUrgent(ground, found.ground)) return found;
    const due = dueAt(ground, systemClock.now());
    const dueSooner = due < found.dueAt ? due : found.dueAt;
    await this.cases.setGround(write, found.id, ground, dueSooner);
    const hurried = { ...found, ground, dueAt: dueSooner };
    await this.startClock(write, hurried);
    return hurried;
  }

  private async startClock(write: WriteContext, { id, ground, dueAt: runAt }: QuarantineCase): Promise<void> {
    if (clockActs(ground)) await this.jobs.enqueue(write, { kind: CASE_CLOCK_JOB, key: `${id}/${ground}`, payload: { case: id }, runAt });
  }
}
