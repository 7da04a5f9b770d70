import { type CreatedWebhook, type Webhook, WEBHOOK_TYPES, type WebhookRefusal, WebhookService } from '@imprimatur/domain/webhooks';
import { type Context, notFound, ok, parseId, refuse, type Result, type WebhookId } from '@imprimatur/kernel';
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
  valueOf,
} from '../door/index.js';
import { WebhookLoader } from './webhook.loader.js';
import { fromKind, toWebhook } from './webhook.mapper.js';

interface CreateWebhookInput {
  readonly idempotencyKey: string;
  readonly kind: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
}

interface OneInput {
  readonly idempotencyKey: string;
  readonly webhook: string;
}

type Create = (write: WriteContext) => Promise<Result<CreatedWebhook, WebhookRefusal>>;
type Change = (write: WriteContext, id: WebhookId) => Promise<Result<Webhook, WebhookRefusal>>;

@Resolver('Webhook')
export class WebhookResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly webhooks: WebhookService,
    private readonly loader: WebhookLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('webhook', 'Webhook', async (door, id) => {
      const webhook = await this.loader.load(door, id as WebhookId);
      return webhook && toWebhook(webhook);
    });
  }

  @Query('webhookEventTypes')
  types(): readonly string[] {
    return WEBHOOK_TYPES;
  }

  @Query('webhooks')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const found = await this.unitOfWork.read(context, (read) => this.webhooks.list(read, { first: page.limit, after: page.after }));
    return toConnection(page, found, ({ id }) => id, toWebhook);
  }

  @Mutation('createWebhook')
  async create(@Caller() context: Context, @Args('input') input: CreateWebhookInput): Promise<object> {
    const wish = { kind: fromKind(input.kind), url: input.url, types: input.eventTypes };
    return this.told(context, 'createWebhook', 'CreateWebhookSuccess', input, (write) => this.webhooks.create(write, wish));
  }

  @Mutation('rotateWebhookSecret')
  async rotate(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    const id = parseId('webhook', input.webhook);
    return this.told(context, 'rotateWebhookSecret', 'RotateWebhookSecretSuccess', input, async (write) =>
      id ? this.webhooks.rotateSecret(write, id) : refuse(notFound('webhook')),
    );
  }

  @Mutation('disableWebhook')
  async disable(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    return this.changed(context, 'disableWebhook', 'DisableWebhookSuccess', input, (write, id) => this.webhooks.disable(write, id));
  }

  @Mutation('enableWebhook')
  async enable(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    return this.changed(context, 'enableWebhook', 'EnableWebhookSuccess', input, (write, id) => this.webhooks.enable(write, id));
  }

  /** The secret leaves beside the stored answer, which must not hold it: a repetition finds the webhook and no secret. */
  private async told(
    context: Context,
    operation: string,
    success: string,
    input: { readonly idempotencyKey: string },
    work: Create,
  ): Promise<object> {
    const told: { secret: string | null } = { secret: null };
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const created = await work(write);
      if (!created.ok) return created;
      told.secret = created.value.secret;
      return ok(created.value.webhook.id);
    });
    return payloadOf(result, success, async (id) => ({ webhook: await this.found(context, id), secret: told.secret }));
  }

  private async changed(context: Context, operation: string, success: string, input: OneInput, work: Change): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const id = parseId('webhook', input.webhook);
      const changed = id ? await work(write, id) : refuse(notFound('webhook'));
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id) => ({ webhook: await this.found(context, id) }));
  }

  private async found(context: Context, id: WebhookId): Promise<object> {
    const [webhook] = await this.unitOfWork.read(context, (read) => this.webhooks.findMany(read, [id]));
    return toWebhook(valueOf(webhook ? ok(webhook) : refuse(notFound('webhook'))));
  }
}
