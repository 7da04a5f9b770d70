import { StatementFlow } from '@imprimatur/flows/gates';
import type { Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf } from '../door/index.js';
import { type BeginStatementInput, fromStatementInput } from './signature.mapper.js';

@Resolver()
export class StatementResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly flow: StatementFlow,
  ) {}

  /** What a statement says is drawn up anew for the answer: it has digests that must not outlive an erasure, so nothing keeps it. */
  @Mutation('beginStatement')
  async begin(@Caller() context: Context, @Args('input') input: BeginStatementInput): Promise<object> {
    const wish = fromStatementInput(input);
    const begun = await this.mutations.run(context, 'beginStatement', input, (write) => this.flow.begin(write, wish));
    const result = begun.ok ? await this.unitOfWork.read(context, (read) => this.flow.statement(read, begun.value, wish)) : begun;
    return payloadOf(result, 'BeginStatementSuccess', ({ text, challenge, rpId, authenticators, expiresAt }) => ({
      statement: text,
      challenge,
      rpId,
      authenticators,
      expiresAt,
    }));
  }
}
