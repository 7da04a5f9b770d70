import { SubjectService, TenantService } from '@imprimatur/domain/identity';
import { assert, type Context, toPublicId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Query, Resolver } from '@nestjs/graphql';
import { Caller, valueOf } from '../door/index.js';
import { toTenant } from '../tenant/tenant.mapper.js';
import { toRoleName } from './role.mapper.js';

@Resolver()
export class ViewerResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly subjects: SubjectService,
    private readonly tenants: TenantService,
  ) {}

  @Query('viewer')
  async viewer(@Caller() context: Context): Promise<object> {
    const { subject, ref, roles } = context.actor;
    assert(subject, 'whoever comes through the door is a subject');
    return this.unitOfWork.read(context, async (read) => ({
      id: toPublicId('subject', subject),
      ref,
      displayName: valueOf(await this.subjects.find(read, subject)).displayName,
      roles: roles.map(toRoleName),
      tenant: toTenant(valueOf(await this.tenants.current(read))),
    }));
  }
}
