import { AssetService } from '@imprimatur/domain/assets';
import { EditingService } from '@imprimatur/domain/editing';
import { PersonCopies } from '@imprimatur/domain/identity';
import { type HoldRefusal, HoldService, type HoldTarget, type LegalHold, type NewHold } from '@imprimatur/domain/retention';
import { type AssetId, notFound, refuse, type Result, type SessionId, type SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Places holds on what exists: each noun is asked for its own. */
@Injectable()
export class HoldFlow {
  constructor(
    private readonly holds: HoldService,
    private readonly assets: AssetService,
    private readonly editing: EditingService,
    private readonly persons: PersonCopies,
  ) {}

  async place(write: WriteContext, wish: NewHold): Promise<Result<LegalHold, HoldRefusal>> {
    return (await this.exists(write, wish.target)) ? this.holds.place(write, wish) : refuse(notFound(wish.target.kind));
  }

  private async exists(read: ReadContext, { kind, id }: HoldTarget): Promise<boolean> {
    switch (kind) {
      case 'tenant':
        return id === read.context.tenant;
      case 'subject':
        return (await this.persons.find(read, id as SubjectId)) !== null;
      case 'asset':
        return (await this.assets.find(read, id as AssetId)).ok;
      case 'session':
        return (await this.editing.findSession(read, id as SessionId)).ok;
    }
  }
}
