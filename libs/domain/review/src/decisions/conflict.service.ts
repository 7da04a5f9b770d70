import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type ConflictId, forbidden, newId, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ReviewRefusal } from '../review.refusals.js';
import { ConflictRepository } from './conflict.repository.js';
import { conflictDeclared } from './decision.events.js';
import { conflictReasonRequired } from './decision.refusals.js';
import { isText } from './decision.rules.js';
import type { ConflictKind, ReviewConflict } from './decision.types.js';

/** What reviewers stay out of because they said so. It is never taken back: what was said once would be doubted for ever. */
@Injectable()
export class ConflictService {
  constructor(
    private readonly conflicts: ConflictRepository,
    private readonly ledger: Ledger,
  ) {}

  /** Whether the target exists, the caller asked. Declared already: the first answer. */
  async declare(
    write: WriteContext,
    { kind, target, reason }: { readonly kind: ConflictKind; readonly target: string; readonly reason: string },
  ): Promise<Result<ReviewConflict, ReviewRefusal>> {
    const denied = allow(write.context, 'create', 'ReviewConflict');
    if (denied) return refuse(denied);
    const reviewer = write.context.actor.subject;
    if (reviewer === null) return refuse(forbidden('declare a conflict as the service', 'A person must sign in.'));
    if (!isText(reason)) return refuse(conflictReasonRequired());
    const present = await this.conflicts.find(write, { reviewer, kind, target });
    if (present) return ok(present);
    const conflict = { id: newId('conflict'), reviewer, kind, target, declaredAt: systemClock.now() };
    const { id: entry } = await this.ledger.append(write, conflictDeclared(conflict, reason));
    await this.conflicts.insert(write, { ...conflict, entry });
    return ok({ ...conflict, entry });
  }

  async findMany(read: ReadContext, ids: readonly ConflictId[]): Promise<readonly ReviewConflict[]> {
    return allow(read.context, 'read', 'ReviewConflict') ? [] : this.conflicts.findMany(read, ids);
  }

  /** Newest first; the key of a page is the conflict's id. */
  async page(read: ReadContext, page: { readonly first: number; readonly after: string | null }): Promise<readonly ReviewConflict[]> {
    return allow(read.context, 'read', 'ReviewConflict') ? [] : this.conflicts.page(read, page);
  }
}
