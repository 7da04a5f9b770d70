import { SettledPositions, type TrailCompleteness } from '@imprimatur/domain/ledger';
import { type AssetHistory, TrailFlow } from '@imprimatur/flows/trails';
import { type Context, ok, parseId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { Caller, connectionArgs, isNumberKey, type PageArgs, toConnection, valueOrNull } from '../door/index.js';
import { toEvent } from './ledger.mapper.js';
import { toComplete, toTrailAsset } from './trail.mapper.js';

@Resolver()
export class TrailResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly trails: TrailFlow,
    private readonly settled: SettledPositions,
  ) {}

  @Query('assetTrail')
  async trail(@Caller() context: Context, @Args() args: PageArgs & { readonly asset: string }): Promise<object | null> {
    const page = connectionArgs(args, isNumberKey);
    const asset = parseId('asset', args.asset);
    if (!asset) return null;
    const { upTo, isHeldBack } = await this.settled.horizon(context);
    const found = await this.unitOfWork.read(context, async (read) => {
      const history = await this.trails.lineage(read, asset);
      if (!history.ok) return history;
      return ok({
        history: history.value,
        events: await this.trails.events(read, history.value, { first: page.limit, after: page.after, upTo }),
      });
    });
    const trail = valueOrNull(found);
    if (!trail) return null;
    const complete = this.completeness(context, trail.history);
    const of = async (id: string | undefined): Promise<object | null> => (id === undefined ? null : toComplete((await complete()).get(id)));
    const members = new Set<string>(trail.history.members.map((member) => member.asset));
    const connection = toConnection(
      page,
      trail.events,
      ({ position }) => position,
      (event) => event,
    );
    return {
      pageInfo: connection.pageInfo,
      isHeldBack,
      isWhole: trail.history.isWhole,
      assets: trail.history.members.map((member) => toTrailAsset(member, () => of(member.asset))),
      edges: connection.edges.map(({ cursor, node }) => {
        const own = node.entry.about.find(({ kind, id }) => kind === 'asset' && members.has(id))?.id;
        return { cursor, node: toEvent(node), asset: own === undefined ? null : `asset_${own}`, complete: () => of(own) };
      }),
    };
  }

  /** Walked once for a request, and only when it is asked for. */
  private completeness(context: Context, history: AssetHistory): () => Promise<ReadonlyMap<string, TrailCompleteness>> {
    let walked: Promise<ReadonlyMap<string, TrailCompleteness>> | undefined;
    const walk = async (): Promise<ReadonlyMap<string, TrailCompleteness>> => {
      const found = await this.unitOfWork.read(context, (read) => this.trails.completeness(read, history));
      return new Map(found.map((each) => [each.asset, each]));
    };
    return () => (walked ??= walk());
  }
}
