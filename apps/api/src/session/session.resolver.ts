import { EditingService } from '@imprimatur/domain/editing';
import { type AssetId, assert, type Context, notFound, ok, parseId, refuse, type SessionId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { AssetLoader } from '../asset/asset.loader.js';
import { toAsset } from '../asset/asset.mapper.js';
import {
  Caller,
  type Connection,
  connectionArgs,
  isIdKey,
  Door,
  type DoorContext,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
} from '../door/index.js';
import { toTurn } from '../turn/turn.mapper.js';
import { SessionLoader } from './session.loader.js';
import { type SessionParent, toSession } from './session.mapper.js';

interface OpenSessionInput {
  readonly idempotencyKey: string;
  readonly name: string;
  readonly useCase: string;
  readonly channel: string;
  readonly territory: string;
  readonly assets: readonly string[];
}

@Resolver('Session')
export class SessionResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly editing: EditingService,
    private readonly loader: SessionLoader,
    private readonly assets: AssetLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('session', 'Session', (door, id) => this.find(door, id as SessionId));
  }

  @Query('session')
  async session(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('session', text);
    return id && this.find(door, id);
  }

  @Query('sessions')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const sessions = await this.unitOfWork.read(context, (read) =>
      this.editing.listSessions(read, { first: page.limit, after: page.after }),
    );
    return toConnection(page, sessions, ({ id }) => id, toSession);
  }

  @Mutation('openSession')
  async open(@Caller() context: Context, @Door() door: DoorContext, @Args('input') input: OpenSessionInput): Promise<object> {
    const result = await this.mutations.run(context, 'openSession', input, async (write) => {
      const assets = input.assets.map((text) => parseId('asset', text));
      if (assets.some((asset) => asset === null)) return refuse(notFound('picture'));
      const opened = await this.editing.openSession(write, { ...input, assets: assets as AssetId[] });
      return opened.ok ? ok(opened.value.id) : opened;
    });
    return payloadOf(result, 'OpenSessionSuccess', async (id) => ({ session: await this.find(door, id) }));
  }

  @ResolveField('assets')
  async ofSession(@Door() door: DoorContext, @Parent() { assetIds }: SessionParent): Promise<readonly object[]> {
    const assets = await Promise.all(assetIds.map((id) => this.assets.load(door, id)));
    return assets.map((asset) => {
      assert(asset, 'the assets of a session exist');
      return toAsset(asset);
    });
  }

  @ResolveField('turns')
  async turns(@Caller() context: Context, @Parent() { sessionId }: SessionParent, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const turns = await this.unitOfWork.read(context, (read) =>
      this.editing.listTurns(read, sessionId, { first: page.limit, after: page.after }),
    );
    return toConnection(page, turns, ({ id }) => id, toTurn);
  }

  private async find(door: DoorContext, id: SessionId): Promise<object | null> {
    const session = await this.loader.load(door, id);
    return session && toSession(session);
  }
}
