import { GrantService, type Member, MemberService, type RoleGrant } from '@imprimatur/domain/identity';
import type { Context, SubjectId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class MemberLoader extends RequestLoader<SubjectId, Member> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly members: MemberService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly SubjectId[]): Promise<ReadonlyMap<SubjectId, Member>> {
    const found = await this.unitOfWork.read(context, (read) => this.members.findMany(read, ids));
    return new Map(found.map((member) => [member.subject.id, member]));
  }
}

@Injectable()
export class GrantsOfMemberLoader extends RequestLoader<SubjectId, readonly RoleGrant[]> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly grants: GrantService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly SubjectId[]): Promise<ReadonlyMap<SubjectId, readonly RoleGrant[]>> {
    const found = await this.unitOfWork.read(context, (read) => this.grants.ofMembers(read, ids));
    return new Map(ids.map((id) => [id, found.filter(({ member }) => member === id)]));
  }
}
