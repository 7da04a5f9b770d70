import type { Receipt } from '@imprimatur/formats/ledger';
import { Disclosure } from '@imprimatur/domain/ledger';
import { type Context, type EntryId, notFound, ok, parseId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf } from '../door/index.js';

interface DisclosePartsInput {
  readonly idempotencyKey: string;
  readonly entry: string;
  readonly parts: readonly string[];
  readonly reason: string;
}

@Resolver()
export class DisclosureResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly disclosure: Disclosure,
  ) {}

  @Mutation('discloseParts')
  async disclose(@Caller() context: Context, @Args('input') input: DisclosePartsInput): Promise<object> {
    // leaves the transaction beside the stored answer, which must not hold what was sealed: a repetition opens the parts again
    const told: { receipt: Receipt | null } = { receipt: null };
    const result = await this.mutations.run(context, 'discloseParts', input, async (write) => {
      const entry = parseId('entry', input.entry);
      if (!entry) return refuse(notFound('entry of the ledger'));
      const disclosed = await this.disclosure.disclose(write, { entry, parts: input.parts, reason: input.reason });
      if (!disclosed.ok) return disclosed;
      told.receipt = disclosed.value;
      return ok(entry);
    });
    const receipt = result.ok ? (told.receipt ? ok(told.receipt) : await this.again(context, result.value, input.parts)) : result;
    return payloadOf(receipt, 'DisclosePartsSuccess', (value) => ({ receipt: value }));
  }

  private async again(context: Context, entry: EntryId, parts: readonly string[]): ReturnType<Disclosure['open']> {
    return this.unitOfWork.read(context, (read) => this.disclosure.open(read, entry, parts));
  }
}
