import { ReconciliationService } from '@imprimatur/domain/providers';
import { type Context, parseId, type ReconciliationId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  Door,
  type DoorContext,
  isIdKey,
  isNumberKey,
  NodeRegistry,
  type PageArgs,
  toConnection,
  valueOf,
} from '../door/index.js';
import { ReconciliationLoader } from './reconciliation.loader.js';
import { fromFindingKind, type ReconciliationParent, toFinding, toReconciliation } from './reconciliation.mapper.js';

@Resolver('Reconciliation')
export class ReconciliationResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reconciliations: ReconciliationService,
    private readonly loader: ReconciliationLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('reconciliation', 'Reconciliation', async (door, id) => {
      const found = await this.loader.load(door, id as ReconciliationId);
      return found && toReconciliation(found);
    });
  }

  @Query('reconciliation')
  async reconciliation(@Door() door: DoorContext, @Args('id') id: string): Promise<object | null> {
    const parsed = parseId('reconciliation', id);
    const found = parsed && (await this.loader.load(door, parsed));
    return found && toReconciliation(found);
  }

  @Query('reconciliations')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const rows = await this.unitOfWork.read(context, async (read) =>
      valueOf(await this.reconciliations.list(read, { first: page.limit, after: page.after })),
    );
    return toConnection(page, rows, ({ id }) => id, toReconciliation);
  }

  @ResolveField('findings')
  async findings(
    @Caller() context: Context,
    @Parent() { reconciliationId }: ReconciliationParent,
    @Args() args: PageArgs & { readonly kind?: string | null },
  ): Promise<Connection<object>> {
    const page = connectionArgs(args, isNumberKey);
    const kind = args.kind ? fromFindingKind(args.kind) : null;
    const rows = await this.unitOfWork.read(context, async (read) =>
      valueOf(await this.reconciliations.findings(read, reconciliationId, { kind, first: page.limit, after: page.after })),
    );
    return toConnection(page, rows, ({ position }) => position, toFinding);
  }
}
