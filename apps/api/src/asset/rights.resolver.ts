import { AssetService, type RightsDeclaration, SourceRightsService } from '@imprimatur/domain/assets';
import { type Context, notFound, ok, parseId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf, valueOf } from '../door/index.js';
import { toAsset } from './asset.mapper.js';

interface RecordSourceRightsInput {
  readonly idempotencyKey: string;
  readonly asset: string;
  readonly declared: 'OWNED' | 'LICENSED' | 'UNKNOWN';
  readonly licence?: string | null;
  readonly owner?: string | null;
  readonly channels?: readonly string[] | null;
  readonly territories?: readonly string[] | null;
  readonly validUntil?: Date | null;
}

@Resolver()
export class SourceRightsResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly assets: AssetService,
    private readonly rights: SourceRightsService,
  ) {}

  @Mutation('recordSourceRights')
  async record(@Caller() context: Context, @Args('input') input: RecordSourceRightsInput): Promise<object> {
    const result = await this.mutations.run(context, 'recordSourceRights', input, async (write) => {
      const asset = parseId('asset', input.asset);
      if (!asset) return refuse(notFound('picture'));
      const { licence = null, owner = null, channels = null, territories = null, validUntil = null } = input;
      const declared = input.declared.toLowerCase() as RightsDeclaration;
      const recorded = await this.rights.record(write, asset, { declared, licence, owner, channels, territories, validUntil });
      return recorded.ok ? ok(asset) : recorded;
    });
    return payloadOf(result, 'RecordSourceRightsSuccess', async (asset) => ({
      asset: toAsset(valueOf(await this.unitOfWork.read(context, (read) => this.assets.find(read, asset)))),
    }));
  }
}
