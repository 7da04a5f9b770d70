import { type Credential, CredentialService, type MaybeAssertion } from '@imprimatur/domain/identity';
import { LedgerReader } from '@imprimatur/domain/ledger';
import { type Context, type CredentialId, notFound, ok, parseId, refuse, type Result, toPublicId } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
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
import { CredentialLoader } from './credential.loader.js';
import { type CredentialParent, toCredential } from './signature.mapper.js';

interface OneInput {
  readonly idempotencyKey: string;
  readonly credential: string;
  readonly assertion?: MaybeAssertion;
}

interface FinishInput extends OneInput {
  readonly label: string;
  readonly credentialId: string;
  readonly attestationObject: string;
  readonly clientDataJSON: string;
}

@Resolver('Credential')
export class CredentialResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly credentials: CredentialService,
    private readonly ledger: LedgerReader,
    private readonly loader: CredentialLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('credential', 'Credential', async (door, id) => {
      const credential = await this.loader.load(door, id as CredentialId);
      return credential && toCredential(credential);
    });
  }

  @Query('credentials')
  async list(@Caller() context: Context, @Args() args: PageArgs & { readonly member?: string | null }): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const owner = args.member ? parseId('subject', args.member) : context.actor.subject;
    const found = owner
      ? await this.unitOfWork.read(context, (read) => this.credentials.list(read, owner, { first: page.limit, after: page.after }))
      : [];
    return toConnection(page, found, ({ id }) => id, toCredential);
  }

  @Mutation('beginCredential')
  async begin(@Caller() context: Context, @Args('input') input: { readonly idempotencyKey: string }): Promise<object> {
    const begun = await this.mutations.run(context, 'beginCredential', input, (write) => this.credentials.begin(write));
    const result = begun.ok ? await this.unitOfWork.read(context, (read) => this.credentials.enrolment(read, begun.value)) : begun;
    return payloadOf(result, 'BeginCredentialSuccess', ({ id, ...enrolment }) => ({
      credential: toPublicId('credential', id),
      ...enrolment,
    }));
  }

  @Mutation('finishCredential')
  async finish(@Caller() context: Context, @Args('input') input: FinishInput): Promise<object> {
    const { label, credentialId, attestationObject, clientDataJSON, assertion = null } = input;
    return this.change(context, 'finishCredential', 'FinishCredentialSuccess', input, (write, id) =>
      this.credentials.finish(write, id, { label, attestation: { credentialId, attestationObject, clientDataJSON }, assertion }),
    );
  }

  @Mutation('revokeCredential')
  async revoke(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    return this.change(context, 'revokeCredential', 'RevokeCredentialSuccess', input, (write, id) =>
      this.credentials.revoke(write, id, input.assertion ?? null),
    );
  }

  @ResolveField('label')
  async label(@Caller() context: Context, @Parent() { entryId }: CredentialParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'label'));
  }

  private async change(
    context: Context,
    operation: string,
    success: string,
    input: OneInput,
    work: (write: WriteContext, id: CredentialId) => Promise<Result<Credential>>,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const id = parseId('credential', input.credential);
      const changed = id ? await work(write, id) : refuse(notFound('credential'));
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id) => {
      const [found] = await this.unitOfWork.read(context, (read) => this.credentials.findMany(read, [id]));
      return { credential: toCredential(valueOf(found ? ok(found) : refuse(notFound('credential')))) };
    });
  }
}
