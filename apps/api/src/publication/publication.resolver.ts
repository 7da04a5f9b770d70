import { type Publication, PublicationService } from '@imprimatur/domain/publications';
import { PublicationRegistry } from '@imprimatur/flows/recalls';
import { type Context, notFound, ok, parseId, type PublicationId, type Refusal, refuse, type Result } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  isIdKey,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
} from '../door/index.js';
import { PublicationLoader } from './publication.loader.js';
import { fromRegisterInput, type RegisterInput, toPublication } from './publication.mapper.js';

type Change = (write: WriteContext) => Promise<Result<Publication, Refusal>>;

@Resolver()
export class PublicationResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly publications: PublicationService,
    private readonly flow: PublicationRegistry,
    private readonly loader: PublicationLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('publication', 'Publication', async (door, id) => {
      const found = await this.loader.load(door, id as PublicationId);
      return found && toPublication(found);
    });
  }

  @Query('publications')
  async list(
    @Caller() context: Context,
    @Args() args: PageArgs & { readonly export?: string | null; readonly standing: boolean },
  ): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const exported = args.export ? parseId('export', args.export) : null;
    if (args.export && exported === null) return toConnection(page, [], ({ id }: Publication) => id, toPublication);
    const slice = { export: exported, standingOnly: args.standing, first: page.limit, after: page.after };
    const found = await this.unitOfWork.read(context, (read) => this.publications.list(read, slice));
    return toConnection(page, found, ({ id }) => id, toPublication);
  }

  @Mutation('registerPublication')
  async register(@Caller() context: Context, @Args('input') input: RegisterInput): Promise<object> {
    return this.change(context, 'registerPublication', 'RegisterPublicationSuccess', input, async (write) => {
      const id = parseId('export', input.export);
      return id ? this.flow.register(write, id, fromRegisterInput(input)) : refuse(notFound('export'));
    });
  }

  @Mutation('takeDownPublication')
  async takeDown(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly publication: string },
  ): Promise<object> {
    return this.change(context, 'takeDownPublication', 'TakeDownPublicationSuccess', input, async (write) => {
      const id = parseId('publication', input.publication);
      return id ? this.publications.takeDown(write, id) : refuse(notFound('publication'));
    });
  }

  private async change(
    context: Context,
    operation: string,
    success: string,
    input: { readonly idempotencyKey: string },
    work: Change,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const changed = await work(write);
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id) => {
      const [found] = await this.unitOfWork.read(context, (read) => this.publications.findMany(read, [id]));
      return { publication: found && toPublication(found) };
    });
  }
}
