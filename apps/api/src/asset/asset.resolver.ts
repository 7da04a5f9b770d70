import { AssetService } from '@imprimatur/domain/assets';
import { type AssetId, assert, type Context, parseId, type VersionId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  isIdKey,
  isNumberKey,
  Door,
  type DoorContext,
  NodeRegistry,
  type PageArgs,
  toConnection,
} from '../door/index.js';
import { ExportsOfVersionLoader } from '../export/export.loader.js';
import { toExport } from '../export/export.mapper.js';
import { AssetLoader, UploadScreeningLoader, VersionLoader } from './asset.loader.js';
import { type AssetParent, toAsset, toScreening, toVersion, type VersionParent } from './asset.mapper.js';

@Resolver('Asset')
export class AssetResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly assets: AssetService,
    private readonly loader: AssetLoader,
    private readonly screenings: UploadScreeningLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('asset', 'Asset', (door, id) => this.find(door, id as AssetId));
  }

  @Query('asset')
  async asset(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('asset', text);
    return id && this.find(door, id);
  }

  @Query('assets')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const assets = await this.unitOfWork.read(context, (read) => this.assets.list(read, { first: page.limit, after: page.after }));
    return toConnection(page, assets, ({ id }) => id, toAsset);
  }

  @ResolveField('versions')
  async versions(@Caller() context: Context, @Parent() { assetId }: AssetParent, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isNumberKey);
    const versions = await this.unitOfWork.read(context, (read) =>
      this.assets.listVersions(read, assetId, { first: page.limit, after: page.after }),
    );
    return toConnection(page, versions, ({ number }) => String(number), toVersion);
  }

  @ResolveField('screening')
  async screening(@Door() door: DoorContext, @Parent() { assetId }: AssetParent): Promise<object> {
    return toScreening(await this.screenings.load(door, assetId));
  }

  private async find(door: DoorContext, id: AssetId): Promise<object | null> {
    const asset = await this.loader.load(door, id);
    return asset && toAsset(asset);
  }
}

@Resolver('Version')
export class VersionResolver implements OnModuleInit {
  constructor(
    private readonly assets: AssetLoader,
    private readonly loader: VersionLoader,
    private readonly exports: ExportsOfVersionLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('version', 'Version', (door, id) => this.find(door, id as VersionId));
  }

  @Query('version')
  async version(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('version', text);
    return id && this.find(door, id);
  }

  @ResolveField('asset')
  async asset(@Door() door: DoorContext, @Parent() { assetId }: VersionParent): Promise<object> {
    const asset = await this.assets.load(door, assetId);
    assert(asset, 'the asset of a version exists');
    return toAsset(asset);
  }

  @ResolveField('parent')
  async parent(@Door() door: DoorContext, @Parent() { parentId }: VersionParent): Promise<object | null> {
    return parentId && this.find(door, parentId);
  }

  @ResolveField('exports')
  async ofVersion(@Door() door: DoorContext, @Parent() { versionId }: VersionParent): Promise<readonly object[]> {
    return ((await this.exports.load(door, versionId)) ?? []).map(toExport);
  }

  private async find(door: DoorContext, id: VersionId): Promise<object | null> {
    const version = await this.loader.load(door, id);
    return version && toVersion(version);
  }
}
