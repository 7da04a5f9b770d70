import { type AttestationGround, AttestationService, type AttestationState } from '@imprimatur/domain/consent';
import { LedgerReader } from '@imprimatur/domain/ledger';
import { ConsentFlow, WithdrawalFlow } from '@imprimatur/flows/consents';
import { type AttestationId, type Context, notFound, ok, parseId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
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
import { AttestationLoader } from './attestation.loader.js';
import { type AttestationParent, toAttestation } from './attestation.mapper.js';

interface AttestFaceInput {
  readonly idempotencyKey: string;
  readonly asset: string;
  readonly face: number;
  readonly ground: string;
  readonly reference?: string | null;
  readonly reason: string;
}

interface OneInput {
  readonly idempotencyKey: string;
  readonly attestation: string;
}

@Resolver('FaceAttestation')
export class AttestationResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly attestations: AttestationService,
    private readonly flow: ConsentFlow,
    private readonly withdrawals: WithdrawalFlow,
    private readonly ledger: LedgerReader,
    private readonly loader: AttestationLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('attestation', 'FaceAttestation', (door, id) => this.load(door, id as AttestationId));
  }

  @Query('faceAttestation')
  async one(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('attestation', text);
    return id && this.load(door, id);
  }

  @Query('faceAttestations')
  async list(
    @Caller() context: Context,
    @Args() args: PageArgs & { readonly asset?: string | null; readonly state?: string | null },
  ): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const asset = args.asset ? parseId('asset', args.asset) : null;
    if (args.asset && !asset) return toConnection(page, [], () => '', toAttestation);
    const state = (args.state?.toLowerCase() ?? null) as AttestationState | null;
    const found = await this.unitOfWork.read(context, (read) =>
      this.attestations.list(read, { asset, state, first: page.limit, after: page.after }),
    );
    return toConnection(page, found, ({ id }) => id, toAttestation);
  }

  @Mutation('attestFace')
  async attest(@Caller() context: Context, @Args('input') input: AttestFaceInput): Promise<object> {
    const result = await this.mutations.run(context, 'attestFace', input, async (write) => {
      const asset = parseId('asset', input.asset);
      if (!asset) return refuse(notFound('picture'));
      const { face, reference = null, reason } = input;
      const ground = input.ground.toLowerCase().replace('_', '-') as AttestationGround;
      const attested = await this.flow.attest(write, { asset, face, ground, reference, reason });
      return attested.ok ? ok(attested.value.id) : attested;
    });
    return payloadOf(result, 'AttestFaceSuccess', (id) => this.field(context, id));
  }

  @Mutation('confirmFaceAttestation')
  async confirm(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    const result = await this.mutations.run(context, 'confirmFaceAttestation', input, async (write) => {
      const id = parseId('attestation', input.attestation);
      const confirmed = id ? await this.attestations.confirm(write, id) : refuse(notFound('attestation'));
      return confirmed.ok ? ok(confirmed.value.id) : confirmed;
    });
    return payloadOf(result, 'ConfirmFaceAttestationSuccess', (id) => this.field(context, id));
  }

  @Mutation('endFaceAttestation')
  async end(@Caller() context: Context, @Args('input') input: OneInput & { readonly reason: string }): Promise<object> {
    const result = await this.mutations.run(context, 'endFaceAttestation', input, async (write) => {
      const id = parseId('attestation', input.attestation);
      if (!id) return refuse(notFound('attestation'));
      const ended = await this.withdrawals.endAttestation(write, id, input.reason);
      return ended.ok ? ok({ id, report: ended.value }) : ended;
    });
    return payloadOf(result, 'EndFaceAttestationSuccess', async ({ id, report }) => ({ ...(await this.field(context, id)), report }));
  }

  @ResolveField('reason')
  async reason(@Caller() context: Context, @Parent() { entryId }: AttestationParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'reason'));
  }

  private async field(context: Context, id: AttestationId): Promise<{ readonly attestation: object }> {
    const [found] = await this.unitOfWork.read(context, (read) => this.attestations.findMany(read, [id]));
    return { attestation: toAttestation(valueOf(found ? ok(found) : refuse(notFound('attestation')))) };
  }

  private async load(door: DoorContext, id: AttestationId): Promise<object | null> {
    const attestation = await this.loader.load(door, id);
    return attestation && toAttestation(attestation);
  }
}
