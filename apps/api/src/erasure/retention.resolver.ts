import { RETENTION_CLASSES, type RetentionClass, type RetentionRule, RetentionService } from '@imprimatur/domain/retention';
import { assert, type Context, ok, toPublicId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf, valueOf } from '../door/index.js';
import { enumName } from './erasure.mapper.js';

interface SetRetentionRuleInput {
  readonly idempotencyKey: string;
  readonly class: string;
  readonly keepDays?: number | null;
  readonly dutyDays?: number | null;
  readonly basis: string;
}

@Resolver()
export class RetentionResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly retention: RetentionService,
  ) {}

  @Query('retentionRules')
  async rules(@Caller() context: Context): Promise<readonly object[]> {
    return (await this.all(context)).map(toRule);
  }

  @Mutation('setRetentionRule')
  async set(@Caller() context: Context, @Args('input') input: SetRetentionRuleInput): Promise<object> {
    const of = fromClass(input.class);
    const result = await this.mutations.run(context, 'setRetentionRule', input, async (write) => {
      const { keepDays = null, dutyDays = null, basis } = input;
      const set = await this.retention.set(write, { class: of, keepDays, dutyDays, basis });
      return set.ok ? ok(of) : set;
    });
    return payloadOf(result, 'SetRetentionRuleSuccess', async (name) => {
      const rule = (await this.all(context)).find((each) => each.class === name);
      assert(rule, 'every class has a rule');
      return { rule: toRule(rule) };
    });
  }

  private async all(context: Context): Promise<readonly RetentionRule[]> {
    return this.unitOfWork.read(context, async (read) => valueOf(await this.retention.list(read)));
  }
}

function toRule({ class: of, keepDays, dutyDays, basis, setBy, setAt }: RetentionRule): object {
  return { class: enumName(of), keepDays, dutyDays, basis, setBy: setBy && toPublicId('subject', setBy), setAt };
}

function fromClass(name: string): RetentionClass {
  const of = RETENTION_CLASSES.find((each) => enumName(each) === name);
  assert(of, 'the schema names the classes that there are');
  return of;
}
