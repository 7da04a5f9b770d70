import { HeaderMap } from '@apollo/server';
import { LOGGER, type Logger } from '@imprimatur/platform/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { weigh, type Weighing, rootFields } from './document.weight.js';
import type { DoorContext } from './door.types.js';
import { assertMayBegin, refusalOf } from './operation.guard.js';
import { type OperationMark, type OperationMarks, readOperationMarks } from './operation.marks.js';
import { allowanceUsedUp, RateLimiter, secondsUntil } from './rate.limiter.js';

/** Everything that is decided about a valid document before anything of it runs. HTTP and the socket pass here alike. */
@Injectable()
export class OperationGate {
  private marks: OperationMarks | null = null;

  constructor(
    private readonly host: GraphQLSchemaHost,
    private readonly limiter: RateLimiter,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Throws a GraphQLError with a 4xx status: too heavy, too often, not signed in, not allowed. */
  async pass(weighing: Omit<Weighing, 'schema'>, door: DoorContext): Promise<void> {
    const cost = weigh({ ...weighing, schema: this.host.schema });
    const { allowed, ...spending } = await this.limiter.spend(door, cost);
    door.spent = spending;
    if (!allowed) throw rateLimited(spending.resetAt);
    this.admit(weighing, door);
  }

  /** The last part of it: whether the caller may, which a subscription is asked again before each of its events. */
  admit(weighing: Pick<Weighing, 'document' | 'operation'>, door: DoorContext): void {
    for (const mark of this.marksOf(weighing)) {
      this.logDenial(mark, door);
      assertMayBegin(mark, door);
    }
  }

  /** Introspection fields have no mark: whether they are there at all is the mode's to say. */
  marksOf(weighing: Pick<Weighing, 'document' | 'operation'>): readonly OperationMark[] {
    const marks = (this.marks ??= readOperationMarks(this.host.schema));
    return rootFields(weighing).flatMap((name) => marks.get(`${weighing.operation.operation}.${name}`) ?? []);
  }

  private logDenial(mark: OperationMark, door: DoorContext): void {
    if (mark.needs === null || door.principal === null) return;
    const refusal = refusalOf(mark, door);
    if (!refusal) return;
    const { tenant, actor } = door.principal;
    this.logger.info(
      { requestId: door.requestId, operation: mark.name, ...mark.needs, tenant, actor: actor.ref, roles: actor.roles },
      'denied',
    );
  }
}

function rateLimited(resetAt: Date): GraphQLError {
  const { code, message, remedy } = allowanceUsedUp(resetAt);
  const headers = new HeaderMap([['retry-after', String(secondsUntil(resetAt))]]);
  return new GraphQLError(message, { extensions: { code, remedy, http: { status: 429, headers } } });
}
