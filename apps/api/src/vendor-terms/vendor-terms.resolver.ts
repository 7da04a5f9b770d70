import { LedgerReader } from '@imprimatur/domain/ledger';
import { type TermsRefusal, type VendorTerms, VendorTermsService } from '@imprimatur/domain/providers';
import { LicenceFlow } from '@imprimatur/flows/gates';
import { type Context, notFound, ok, parseId, refuse, type Result, type TermsId } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  Door,
  type DoorContext,
  isIdKey,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
  valueOf,
} from '../door/index.js';
import { VendorTermsLoader } from './vendor-terms.loader.js';
import {
  fromRegisterInput,
  fromState,
  type MakingParent,
  type RegisterInput,
  toPictureLicence,
  toVendorTerms,
  type VendorTermsParent,
} from './vendor-terms.mapper.js';

interface OneInput {
  readonly idempotencyKey: string;
  readonly terms: string;
}

type Change = (write: WriteContext, id: TermsId) => Promise<Result<VendorTerms, TermsRefusal>>;

@Resolver('VendorTerms')
export class VendorTermsResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly register: VendorTermsService,
    private readonly licences: LicenceFlow,
    private readonly ledger: LedgerReader,
    private readonly loader: VendorTermsLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('terms', 'VendorTerms', (door, id) => this.load(door, id as TermsId));
  }

  @Query('vendorTerms')
  async one(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('terms', text);
    return id && this.load(door, id);
  }

  @Query('vendorTermsRegister')
  async list(
    @Caller() context: Context,
    @Args() args: PageArgs & { readonly provider?: string | null; readonly state?: string | null },
  ): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const found = await this.unitOfWork.read(context, (read) =>
      this.register.list(read, {
        provider: args.provider ?? null,
        state: fromState(args.state),
        first: page.limit,
        after: page.after,
      }),
    );
    return toConnection(page, found, ({ id }) => id, toVendorTerms);
  }

  @Query('pictureLicence')
  async licence(@Caller() context: Context, @Args('version') text: string): Promise<object | null> {
    const id = parseId('version', text);
    const found = id && (await this.unitOfWork.read(context, (read) => this.licences.of(read, id)));
    return found && toPictureLicence(found);
  }

  @Mutation('registerVendorTerms')
  async registered(@Caller() context: Context, @Args('input') input: RegisterInput): Promise<object> {
    const result = await this.mutations.run(context, 'registerVendorTerms', input, async (write) => {
      const made = await this.register.register(write, fromRegisterInput(input));
      return made.ok ? ok(made.value.id) : made;
    });
    return payloadOf(result, 'RegisterVendorTermsSuccess', async (id) => ({ terms: await this.found(context, id) }));
  }

  @Mutation('approveVendorTerms')
  async approve(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    return this.change(context, 'approveVendorTerms', 'ApproveVendorTermsSuccess', input, (write, id) => this.register.approve(write, id));
  }

  @Mutation('endVendorTerms')
  async end(@Caller() context: Context, @Args('input') input: OneInput & { readonly reason: string }): Promise<object> {
    return this.change(context, 'endVendorTerms', 'EndVendorTermsSuccess', input, (write, id) =>
      this.register.end(write, id, input.reason),
    );
  }

  @ResolveField('endReason')
  async endReason(@Caller() context: Context, @Parent() { endEntryId }: VendorTermsParent): Promise<string | null> {
    return endEntryId && this.unitOfWork.read(context, (read) => this.ledger.openText(read, endEntryId, 'reason'));
  }

  private async change(context: Context, operation: string, success: string, input: OneInput, work: Change): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const id = parseId('terms', input.terms);
      const changed = id ? await work(write, id) : refuse(notFound('terms'));
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id) => ({ terms: await this.found(context, id) }));
  }

  private async found(context: Context, id: TermsId): Promise<object> {
    const [terms] = await this.unitOfWork.read(context, (read) => this.register.findMany(read, [id]));
    return toVendorTerms(valueOf(terms ? ok(terms) : refuse(notFound('terms'))));
  }

  private async load(door: DoorContext, id: TermsId): Promise<object | null> {
    const terms = await this.loader.load(door, id);
    return terms && toVendorTerms(terms);
  }
}

@Resolver('Making')
export class MakingResolver {
  constructor(private readonly loader: VendorTermsLoader) {}

  @ResolveField('terms')
  async terms(@Door() door: DoorContext, @Parent() { termsId }: MakingParent): Promise<object | null> {
    const terms = termsId && (await this.loader.load(door, termsId));
    return terms && toVendorTerms(terms);
  }
}
