import { type About, LedgerReader } from '@imprimatur/domain/ledger';
import { allow } from '@imprimatur/domain/identity';
import { type Context, type EntryId, parseId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { Caller, type Connection, connectionArgs, contextFor, NodeRegistry, type PageArgs, toConnection } from '../door/index.js';
import { type EventParent, toEvent, toLog } from './ledger.mapper.js';

const FILTERS = ['asset', 'session', 'turn', 'item', 'export'] as const;
type Filter = Readonly<Partial<Record<(typeof FILTERS)[number], string | null>>>;

@Resolver('AuditEvent')
export class LedgerResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerReader,
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
  async events(@Caller() context: Context, @Args() args: PageArgs & { readonly filter?: Filter | null }): Promise<Connection<object>> {
    const page = connectionArgs(args);
    const about = aboutOf(args.filter ?? {});
    const events = await this.unitOfWork.read(context, (read) => this.ledger.events(read, { about, first: page.limit, after: page.after }));
    return toConnection(page, events, ({ position }) => position, toEvent);
  }

  @ResolveField('receipt')
  async receipt(@Caller() context: Context, @Parent() { entryId }: EventParent): Promise<object | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.receipt(read, entryId));
  }
}

/** Null: everything. A filter names one thing. */
function aboutOf(filter: Filter): About | null {
  const named = FILTERS.flatMap((kind) => (filter[kind] ? [[kind, filter[kind]] as const] : []));
  const [first, ...more] = named;
  if (!first) return null;
  const id = parseId(first[0], first[1] ?? '');
  if (more.length > 0 || !id) {
    throw new GraphQLError(more.length > 0 ? 'filter names more than one thing' : `filter.${first[0]} is not an id of that kind`, {
      extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
    });
  }
  return { kind: first[0], id };
}
