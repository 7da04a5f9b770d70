import type { Context, Json, Refusal, Result } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { idempotently, type IdempotencyRefusal, type IdempotentRequest, requestDigest } from '@imprimatur/platform/idempotency';
import { Injectable } from '@nestjs/common';

/** How every mutation writes: one transaction, once per idempotency key. */
@Injectable()
export class MutationRunner {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Opens the transaction, runs `work` unless this key was answered before, commits. The value is kept to be answered again for
   * seven days, so it must be JSON and small: ids, from which the resolver reads the objects. Never a secret. `passing`: codes of refusals
   * that mean 'not yet', and are not kept.
   */
  async run<T extends Json, R extends Refusal>(
    context: Context,
    operation: string,
    input: { readonly idempotencyKey: string },
    work: (write: WriteContext) => Promise<Result<T, R>>,
    passing: readonly string[] = [],
  ): Promise<Result<T, R | IdempotencyRefusal>> {
    const { idempotencyKey, ...asked } = input;
    // through JSON: GraphQL hands in Dates and objects without a prototype
    const digest = requestDigest(JSON.parse(JSON.stringify(asked)) as Json);
    return this.runDigested(context, { operation, key: idempotencyKey, requestDigest: digest, passing }, work);
  }

  /** The same for routes whose body is no JSON: the digest (SHA-256, 32 bytes) of what was asked is handed in. */
  async runDigested<T extends Json, R extends Refusal>(
    context: Context,
    request: IdempotentRequest,
    work: (write: WriteContext) => Promise<Result<T, R>>,
  ): Promise<Result<T, R | IdempotencyRefusal>> {
    // wrapped, because a bare refusal would roll back the record of itself
    const { answer } = await this.unitOfWork.write(context, async (write) => ({ answer: await idempotently(write, request, work) }));
    return answer;
  }
}
