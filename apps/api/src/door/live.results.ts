import { assert } from '@imprimatur/kernel';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { DoorContext } from './door.types.js';
import type { Look } from './live.source.js';

export interface LiveSteps {
  /** Who the caller is now. Throws what they are answered with when they may not go on. */
  readonly renew: () => Promise<DoorContext>;
  /** One event, in the shape that was asked for. */
  readonly tell: (event: object, door: DoorContext) => Promise<ExecutionResult>;
  /** What nobody expected, on its way to the log. */
  readonly report: (error: unknown) => void;
}

/**
 * The answers of one subscription. Before each look at the world the caller is authorised anew, and what is read is read as them: a role or a key that is
 * lost while somebody listens ends the stream at its next event, with the reason as its last answer.
 */
export class LiveResults implements AsyncIterableIterator<ExecutionResult> {
  private readonly waiting: object[] = [];
  private door: DoorContext | null = null;
  private hasEnded = false;

  constructor(
    private readonly source: AsyncIterator<unknown>,
    private readonly steps: LiveSteps,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    if (this.hasEnded) return { done: true, value: undefined };
    try {
      const event = await this.nextEvent();
      if (event === null || this.door === null) return await this.return();
      return { done: false, value: await this.steps.tell(event, this.door) };
    } catch (error) {
      await this.return();
      if (!(error instanceof GraphQLError)) this.steps.report(error);
      const told = error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error instanceof Error ? error : null });
      return { done: false, value: { errors: [told] } };
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.hasEnded = true;
    await this.source.return?.();
    return { done: true, value: undefined };
  }

  /** Null: the source has ended. */
  private async nextEvent(): Promise<object | null> {
    for (;;) {
      const event = this.waiting.shift();
      if (event) return event;
      const step = await this.source.next();
      if (step.done === true) return null;
      assert(typeof step.value === 'function', 'the source of a subscription answers looks, which are taken as the caller of now');
      this.door = await this.steps.renew();
      this.waiting.push(...(await (step.value as Look)(this.door)));
    }
  }
}
