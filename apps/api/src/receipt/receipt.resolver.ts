import { ReceiptService } from '@imprimatur/domain/consent';
import { type GivenReceipt, ReceiptFlow } from '@imprimatur/flows/consents';
import { type Context, notFound, ok, parseId, type ReceiptId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  type DoorContext,
  isIdKey,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
} from '../door/index.js';
import { ReceiptLoader } from './receipt.loader.js';
import { type ReceiptParent, toReceipt } from './receipt.mapper.js';

interface IssueConsentReceiptInput {
  readonly idempotencyKey: string;
  readonly consent: string;
  readonly replace: boolean;
}

@Resolver('ConsentReceipt')
export class ReceiptResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly receipts: ReceiptService,
    private readonly flow: ReceiptFlow,
    private readonly loader: ReceiptLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('receipt', 'ConsentReceipt', (door, id) => this.load(door, id as ReceiptId));
  }

  @Query('consentReceipts')
  async list(@Caller() context: Context, @Args() args: PageArgs & { readonly consent: string }): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const consent = parseId('consent', args.consent);
    const found =
      consent &&
      (await this.unitOfWork.read(context, (read) => this.receipts.list(read, { consent, first: page.limit, after: page.after })));
    return toConnection(page, found ?? [], ({ id }) => id, toReceipt);
  }

  @Mutation('issueConsentReceipt')
  async issue(@Caller() context: Context, @Args('input') input: IssueConsentReceiptInput): Promise<object> {
    // leaves the transaction beside the stored answer, which must not hold it: a repetition finds the receipt and no capability
    const told: { capability: string | null } = { capability: null };
    const result = await this.mutations.run(context, 'issueConsentReceipt', input, async (write) => {
      const consent = parseId('consent', input.consent);
      if (!consent) return refuse(notFound('consent'));
      const issued = await this.receipts.issue(write, consent, input.replace);
      if (!issued.ok) return issued;
      told.capability = issued.value.capability;
      return ok(issued.value.receipt.id);
    });
    return payloadOf(result, 'IssueConsentReceiptSuccess', async (id) => {
      const [receipt] = await this.unitOfWork.read(context, (read) => this.receipts.findMany(read, [id]));
      return { receipt: receipt && toReceipt(receipt), capability: told.capability };
    });
  }

  @ResolveField('document')
  async document(@Caller() context: Context, @Parent() parent: ReceiptParent): Promise<object | null> {
    return (await this.given(context, parent)).document;
  }

  @ResolveField('proof')
  async proof(@Caller() context: Context, @Parent() parent: ReceiptParent): Promise<object | null> {
    return (await this.given(context, parent)).proof;
  }

  /** Only whoever may issue receipts gets one to ask this of. */
  private async given(context: Context, { receipt }: ReceiptParent): Promise<GivenReceipt> {
    return this.unitOfWork.read(context, (read) => this.flow.given(read, receipt));
  }

  private async load(door: DoorContext, id: ReceiptId): Promise<object | null> {
    const receipt = await this.loader.load(door, id);
    return receipt && toReceipt(receipt);
  }
}
