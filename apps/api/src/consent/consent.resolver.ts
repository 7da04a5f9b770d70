import { ConsentService, EvidenceService, type NewScope } from '@imprimatur/domain/consent';
import { AmendmentFlow, ConsentFlow, WithdrawalFlow } from '@imprimatur/flows/consents';
import { type ConsentId, type Context, notFound, ok, parseId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
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
import {
  type ConsentParent,
  fromAgeBand,
  fromRepresentative,
  type RepresentativeInput,
  toConsentEvidence,
  toConsentRecord,
  toConsentVersion,
} from './consent.mapper.js';

interface RegisterConsentInput {
  readonly idempotencyKey: string;
  readonly asset: string;
  readonly face: number;
  readonly person: string;
  readonly ageBand: 'ADULT' | 'MINOR';
  readonly method: string;
  readonly noticeText: string;
  readonly noticeLanguage: string;
  readonly scope: NewScope;
  readonly representative?: RepresentativeInput | null;
  readonly modelRelease?: string | null;
  readonly propertyRelease?: string | null;
  readonly validUntil?: Date | null;
}

interface AmendConsentInput {
  readonly idempotencyKey: string;
  readonly consent: string;
  readonly scope?: NewScope | null;
  readonly validUntil?: Date | null;
  readonly representative?: RepresentativeInput | null;
  readonly modelRelease?: string | null;
  readonly propertyRelease?: string | null;
  readonly noticeText?: string | null;
  readonly reason: string;
}

interface WithdrawConsentInput {
  readonly idempotencyKey: string;
  readonly consent: string;
  readonly reason: string;
}

@Resolver('ConsentRecord')
export class ConsentResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly consents: ConsentService,
    private readonly flow: ConsentFlow,
    private readonly withdrawals: WithdrawalFlow,
    private readonly amendments: AmendmentFlow,
    private readonly evidence: EvidenceService,
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

  @ResolveField('evidence')
  async evidenceOf(@Caller() context: Context, @Parent() { consentId }: ConsentParent): Promise<readonly object[]> {
    const files = await this.unitOfWork.read(context, (read) => this.evidence.ofConsents(read, [consentId]));
    return files.map(toConsentEvidence);
  }

  @ResolveField('versions')
  async versionsOf(@Caller() context: Context, @Parent() { consentId }: ConsentParent): Promise<readonly object[]> {
    return (await this.unitOfWork.read(context, (read) => this.consents.history(read, consentId))).map(toConsentVersion);
  }

  @Mutation('registerConsent')
  async register(@Caller() context: Context, @Args('input') input: RegisterConsentInput): Promise<object> {
    const result = await this.mutations.run(context, 'registerConsent', input, async (write) => {
      const asset = parseId('asset', input.asset);
      if (!asset) return refuse(notFound('picture'));
      const { face, person, method, scope, modelRelease, propertyRelease } = input;
      const registered = await this.flow.register(write, {
        asset,
        face,
        person,
        method,
        scope,
        modelRelease,
        propertyRelease,
        ageBand: fromAgeBand(input.ageBand),
        representative: fromRepresentative(input.representative),
        notice: { text: input.noticeText, language: input.noticeLanguage },
        validUntil: input.validUntil ?? null,
      });
      return registered.ok ? ok(registered.value.id) : registered;
    });
    return payloadOf(result, 'RegisterConsentSuccess', (id) => this.field(context, id));
  }

  @Mutation('amendConsent')
  async amend(@Caller() context: Context, @Args('input') input: AmendConsentInput): Promise<object> {
    const result = await this.mutations.run(context, 'amendConsent', input, async (write) => {
      const id = parseId('consent', input.consent);
      if (!id) return refuse(notFound('consent'));
      const representative = fromRepresentative(input.representative);
      const amended = await this.amendments.amend(write, id, { ...input, representative });
      return amended.ok ? ok({ id, report: amended.value }) : amended;
    });
    return payloadOf(result, 'AmendConsentSuccess', async ({ id, report }) => ({ ...(await this.field(context, id)), report }));
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
