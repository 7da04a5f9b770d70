import { PolicyService } from '@imprimatur/domain/policies';
import type { Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Query, Resolver } from '@nestjs/graphql';
import { Caller } from '../door/index.js';
import { toPolicyBundle } from './policy.mapper.js';

@Resolver()
export class PolicyResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly policies: PolicyService,
  ) {}

  @Query('activePolicy')
  async active(@Caller() context: Context): Promise<object> {
    return toPolicyBundle(await this.unitOfWork.read(context, (read) => this.policies.active(read)));
  }
}
