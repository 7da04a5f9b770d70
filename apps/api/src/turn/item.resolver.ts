import { assert, type ItemId, type VersionId } from '@imprimatur/kernel';
import type { OnModuleInit } from '@nestjs/common';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { AssetLoader, VersionLoader } from '../asset/asset.loader.js';
import { toAsset, toVersion } from '../asset/asset.mapper.js';
import { Door, type DoorContext, NodeRegistry } from '../door/index.js';
import { toTask } from '../review/review.mapper.js';
import { AttemptsOfItemLoader, ContentsLoader, ItemLoader, TaskOfItemLoader, TurnLoader, VerdictsOfItemLoader } from './turn.loader.js';
import { type ItemParent, toAttempt, toItem, toTurn, toVerdict } from './turn.mapper.js';

@Resolver('TurnItem')
export class ItemResolver implements OnModuleInit {
  constructor(
    private readonly items: ItemLoader,
    private readonly turns: TurnLoader,
    private readonly contents: ContentsLoader,
    private readonly verdictsOf: VerdictsOfItemLoader,
    private readonly attemptsOf: AttemptsOfItemLoader,
    private readonly taskOf: TaskOfItemLoader,
    private readonly assets: AssetLoader,
    private readonly versions: VersionLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('item', 'TurnItem', async (door, id) => {
      const item = await this.items.load(door, id as ItemId);
      return item && toItem(item);
    });
  }

  @ResolveField('turn')
  async turn(@Door() door: DoorContext, @Parent() { turnId }: ItemParent): Promise<object> {
    const turn = await this.turns.load(door, turnId);
    assert(turn, 'the turn of an item exists');
    return toTurn(turn);
  }

  @ResolveField('asset')
  async asset(@Door() door: DoorContext, @Parent() { assetId }: ItemParent): Promise<object | null> {
    const asset = await this.assets.load(door, assetId);
    return asset && toAsset(asset);
  }

  @ResolveField('baseVersion')
  async base(@Door() door: DoorContext, @Parent() { baseId }: ItemParent): Promise<object | null> {
    return this.version(door, baseId);
  }

  @ResolveField('resultVersion')
  async result(@Door() door: DoorContext, @Parent() { resultId }: ItemParent): Promise<object | null> {
    return resultId && this.version(door, resultId);
  }

  @ResolveField('operations')
  async operations(@Door() door: DoorContext, @Parent() { turnId, itemId }: ItemParent): Promise<unknown> {
    return (await this.contents.load(door, turnId))?.items.get(itemId)?.operations ?? [];
  }

  @ResolveField('question')
  async question(@Door() door: DoorContext, @Parent() { turnId, itemId }: ItemParent): Promise<string | null> {
    const asked = (await this.contents.load(door, turnId))?.items.get(itemId)?.clarifications ?? [];
    return asked.findLast(({ answer }) => answer === null)?.question ?? null;
  }

  @ResolveField('verdicts')
  async verdicts(@Door() door: DoorContext, @Parent() { itemId }: ItemParent): Promise<readonly object[]> {
    return ((await this.verdictsOf.load(door, itemId)) ?? []).map(toVerdict);
  }

  @ResolveField('attempts')
  async attempts(@Door() door: DoorContext, @Parent() { itemId }: ItemParent): Promise<readonly object[]> {
    return ((await this.attemptsOf.load(door, itemId)) ?? []).map(toAttempt);
  }

  @ResolveField('reviewTask')
  async task(@Door() door: DoorContext, @Parent() { itemId }: ItemParent): Promise<object | null> {
    const task = await this.taskOf.load(door, itemId);
    return task && toTask(task);
  }

  private async version(door: DoorContext, id: VersionId): Promise<object | null> {
    const version = await this.versions.load(door, id);
    return version && toVersion(version);
  }
}
