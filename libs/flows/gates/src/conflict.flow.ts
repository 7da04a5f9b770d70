import { AssetService } from '@imprimatur/domain/assets';
import { EditingService } from '@imprimatur/domain/editing';
import { PersonCopies } from '@imprimatur/domain/identity';
import { type ConflictKind, ConflictService, type ReviewConflict, type ReviewRefusal } from '@imprimatur/domain/review';
import { type AssetId, notFound, refuse, type Result, type SessionId, type SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

export type ConflictTarget =
  | { readonly kind: 'session'; readonly id: SessionId }
  | { readonly kind: 'asset'; readonly id: AssetId }
  | { readonly kind: 'subject'; readonly id: SubjectId };

/** Conflicts with what exists: each noun is asked for its own. */
@Injectable()
export class ConflictFlow {
  constructor(
    private readonly conflicts: ConflictService,
    private readonly assets: AssetService,
    private readonly editing: EditingService,
    private readonly persons: PersonCopies,
  ) {}

  async declare(write: WriteContext, target: ConflictTarget, reason: string): Promise<Result<ReviewConflict, ReviewRefusal>> {
    if (!(await this.exists(write, target))) return refuse(notFound(target.kind));
    const kind: ConflictKind = target.kind;
    return this.conflicts.declare(write, { kind, target: target.id, reason });
  }

  private async exists(read: ReadContext, target: ConflictTarget): Promise<boolean> {
    switch (target.kind) {
      case 'session':
        return (await this.editing.findSession(read, target.id)).ok;
      case 'asset':
        return (await this.assets.find(read, target.id)).ok;
      case 'subject':
        return (await this.persons.find(read, target.id)) !== null;
    }
  }
}
