import {
  type EventFilter,
  EventSearch,
  type Horizon,
  LedgerReader,
  LogStandingRepository,
  SettledPositions,
} from '@imprimatur/domain/ledger';
import { allow } from '@imprimatur/domain/identity';
import type { Context, EntryId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  contextFor,
  isNumberKey,
  NodeRegistry,
  type PageArgs,
  toConnection,
} from '../door/index.js';
import { type FilterInput, readFilter } from './event.filter.js';
import { type EventParent, toEvent, toLog } from './ledger.mapper.js';

/** What fields of a connection of events need. */
export interface EventsParent extends Connection<object> {
  readonly filter: EventFilter;
  readonly horizon: Horizon;
  readonly isHeldBack: boolean;
}

@Resolver('AuditEvent')
export class LedgerResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerReader,
    private readonly search: EventSearch,
    private readonly settled: SettledPositions,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('entry', 'AuditEvent', async (door, id) => {
      const context = contextFor(door);
      if (allow(context, 'read', 'LedgerEntry')) return null;
      const event = await this.unitOfWork.read(context, (read) => this.ledger.event(read, id as EntryId));
      return event && toEvent(event);
    });
  }

  @Query('ledger')
  async log(@Caller() context: Context): Promise<object> {
    const log = await this.unitOfWork.read(context, (read) => this.ledger.log(read));
    if (!log)
      throw new GraphQLError('The log is not there yet: its first entries are being integrated.', {
        extensions: { code: 'LOG_NOT_READY' },
      });
    return toLog(log, context.tenant);
  }

  @Query('auditEvents')
  async events(@Caller() context: Context, @Args() args: PageArgs & { readonly filter?: FilterInput | null }): Promise<EventsParent> {
    const page = connectionArgs(args, isNumberKey);
    const filter = readFilter(args.filter ?? {});
    if (typeof filter === 'string') throw badInput(`filter: ${filter}`);
    const horizon = await this.settled.horizon(context);
    const wanted = { first: page.limit, after: page.after, upTo: horizon.upTo };
    const events = await this.unitOfWork.read(context, (read) => this.search.find(read, filter, wanted));
    return { ...toConnection(page, events, ({ position }) => position, toEvent), filter, horizon, isHeldBack: horizon.isHeldBack };
  }

  @ResolveField('receipt')
  async receipt(@Caller() context: Context, @Parent() { entryId }: EventParent): Promise<object | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.receipt(read, entryId));
  }
}

@Resolver('LedgerLog')
export class LogResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly standings: LogStandingRepository,
  ) {}

  @ResolveField('standing')
  async standing(@Caller() context: Context): Promise<object> {
    const { anchoredSize, witnesses, ...rest } = await this.unitOfWork.read(context, (read) => this.standings.of(read));
    return {
      ...rest,
      anchoredSize: String(anchoredSize),
      witnesses: witnesses.map(({ size, ...each }) => ({ ...each, size: String(size) })),
    };
  }
}

@Resolver('AuditEventConnection')
export class EventConnectionResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly search: EventSearch,
  ) {}

  @ResolveField('totalCount')
  async totalCount(@Caller() context: Context, @Parent() { filter, horizon }: EventsParent): Promise<object> {
    return this.unitOfWork.read(context, (read) => this.search.count(read, filter, horizon.upTo));
  }
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}
