import { AssetService } from '@imprimatur/domain/assets';
import { EditingService } from '@imprimatur/domain/editing';
import { PersonCopies } from '@imprimatur/domain/identity';
import {
  type ExceptionRefusal,
  type ExceptionScope,
  ExceptionService,
  type NewException,
  type PolicyException,
} from '@imprimatur/domain/policies';
import { notFound, refuse, type Result } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Begins exceptions for what exists: each noun is asked for its own. */
@Injectable()
export class ExceptionFlow {
  constructor(
    private readonly exceptions: ExceptionService,
    private readonly assets: AssetService,
    private readonly editing: EditingService,
    private readonly persons: PersonCopies,
  ) {}

  async propose(write: WriteContext, wish: NewException): Promise<Result<PolicyException, ExceptionRefusal>> {
    return (await this.missing(write, wish)) ?? this.exceptions.propose(write, wish);
  }

  async breakGlass(write: WriteContext, wish: NewException): Promise<Result<PolicyException, ExceptionRefusal>> {
    return (await this.missing(write, wish)) ?? this.exceptions.breakGlass(write, wish);
  }

  private async missing(read: ReadContext, { scope, owner }: NewException): Promise<Result<never, ExceptionRefusal> | null> {
    if (!(await this.exists(read, scope))) return refuse(notFound(scope.kind));
    return (await this.persons.find(read, owner)) ? null : refuse(notFound('subject'));
  }

  private async exists(read: ReadContext, scope: ExceptionScope): Promise<boolean> {
    switch (scope.kind) {
      case 'use-case':
        return true; // asked of the policy, which defines it
      case 'session':
        return (await this.editing.findSession(read, scope.id)).ok;
      case 'asset':
        return (await this.assets.find(read, scope.id)).ok;
      case 'subject':
        return (await this.persons.find(read, scope.id)) !== null;
    }
  }
}
