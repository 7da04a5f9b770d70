import { ConsentService, type NewConsent } from '@imprimatur/domain/consent';
import { ConsentFlow, WithdrawalFlow } from '@imprimatur/flows/consents';
import { type ConsentId, type Context, notFound, ok, parseId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
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
  valueOf,
} from '../door/index.js';
import { ConsentLoader } from './consent.loader.js';
import { fromAgeBand, toConsentRecord } from './consent.mapper.js';

interface RegisterConsentInput {
  readonly idempotencyKey: string;
  readonly asset: string;
  readonly face: number;
  readonly person: string;
  readonly ageBand: 'ADULT' | 'MINOR';
  readonly method: string;
  readonly noticeText: string;
  readonly noticeLanguage: string;
  readonly scope: NewConsent['scope'];
  readonly validUntil?: Date | null;
}

interface WithdrawConsentInput {
  readonly idempotencyKey: string;
  readonly consent: string;
  readonly reason: string;
}

@Resolver()
export class ConsentResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly consents: ConsentService,
    private readonly flow: ConsentFlow,
    private readonly withdrawals: WithdrawalFlow,
    private readonly loader: ConsentLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('consent', 'ConsentRecord', async (door, id) => {
      const record = await this.loader.load(door, id as ConsentId);
      return record && toConsentRecord(record);
    });
  }

  @Query('consentRecords')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const records = await this.unitOfWork.read(context, (read) => this.consents.list(read, { first: page.limit, after: page.after }));
    return toConnection(page, records, ({ id }) => id, toConsentRecord);
  }

  @Mutation('registerConsent')
  async register(@Caller() context: Context, @Args('input') input: RegisterConsentInput): Promise<object> {
    const result = await this.mutations.run(context, 'registerConsent', input, async (write) => {
      const asset = parseId('asset', input.asset);
      if (!asset) return refuse(notFound('picture'));
      const { face, person, method, scope } = input;
      const registered = await this.flow.register(write, {
        asset,
        face,
        person,
        method,
        scope,
        ageBand: fromAgeBand(input.ageBand),
        notice: { text: input.noticeText, language: input.noticeLanguage },
        validUntil: input.validUntil ?? null,
      });
      return registered.ok ? ok(registered.value.id) : registered;
    });
    return payloadOf(result, 'RegisterConsentSuccess', (id) => this.field(context, id));
  }

  @Mutation('withdrawConsent')
  async withdraw(@Caller() context: Context, @Args('input') input: WithdrawConsentInput): Promise<object> {
    const result = await this.mutations.run(context, 'withdrawConsent', input, async (write) => {
      const id = parseId('consent', input.consent);
      if (!id) return refuse(notFound('consent'));
      const withdrawn = await this.withdrawals.withdraw(write, id, input.reason);
      return withdrawn.ok ? ok({ id, report: withdrawn.value }) : withdrawn;
    });
    return payloadOf(result, 'WithdrawConsentSuccess', async ({ id, report }) => ({ ...(await this.field(context, id)), report }));
  }

  private async field(context: Context, id: ConsentId): Promise<{ readonly consent: object }> {
    return { consent: toConsentRecord(await this.unitOfWork.read(context, async (read) => valueOf(await this.consents.find(read, id)))) };
  }
}
