import type { Server } from 'node:http';
import { LOGGER, type Logger } from '@imprimatur/platform/telemetry';
import { assert, newId, systemClock } from '@imprimatur/kernel';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { CloseCode, type Context, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { type Authenticated, CallerAuthenticator, type Credentials } from './caller.authenticator.js';
import { TOKENS_MAX } from './document.weight.js';
import type { DoorContext } from './door.types.js';
import { formatError, thrownBehind } from './fault.mapper.js';
import { LiveResults } from './live.results.js';
import { OperationGate } from './operation.gate.js';

const PATH = '/graphql';
const MESSAGE_BYTES_MAX = 256 * 1024;
const SUBSCRIPTIONS_MAX = 50;

type SocketExtra = Extra & Record<PropertyKey, unknown>;
type Socket = Context<Record<string, unknown> | undefined, SocketExtra>;

/**
 * Subscriptions over graphql-ws. Nothing of Apollo runs here, so every check that HTTP requests pass is made here again, by the
 * same gate, and who calls is asked anew before each event. A client signs in with `connectionParams: { authorization, tenant }`; the socket ends
 * when its token does.
 */
@Injectable()
export class SubscriptionSocket implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX });
  private dispose: (() => Promise<void>) | null = null;
  /** The way to ask again who a subscription's caller is. */
  private readonly renewals = new WeakMap<DoorContext, () => Promise<DoorContext>>();

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly host: GraphQLSchemaHost,
    private readonly gate: OperationGate,
    private readonly authenticator: CallerAuthenticator,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const server = useServer<Record<string, unknown> | undefined, SocketExtra>(
      {
        schema: this.host.schema,
        connectionInitWaitTimeout: 5_000,
        onConnect: (socket) => this.connect(socket),
        onSubscribe: (socket, _id, payload) => this.begin(socket, payload),
        subscribe: (args) => this.subscribe(args),
        onNext: (_socket, _id, _payload, args, result) => this.leave(args.contextValue as DoorContext, result),
        onError: (_socket, _id, _payload, errors) => errors.map((error) => formatError(error.toJSON(), error)),
      },
      this.sockets,
    );
    this.dispose = async () => server.dispose();
    const httpServer = this.http.httpAdapter.getHttpServer() as Server;
    httpServer.on('upgrade', (request, stream, head) => {
      if (new URL(request.url ?? '', 'http://localhost').pathname !== PATH) return stream.destroy();
      this.sockets.handleUpgrade(request, stream, head, (socket) => {
        this.sockets.emit('connection', socket, request);
        // graphql-ws prints each broken socket with a stack to stderr, which any client could fill; ws has closed it by then
        socket.removeAllListeners('error');
        socket.on('error', (error) => this.logger.info({ reason: error.message }, 'socket closed'));
      });
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.dispose?.();
  }

  /** False closes the socket with 4403. Who signs in later than the connection does so on a new one. */
  private async connect(socket: Socket): Promise<boolean> {
    const authenticated = await this.authenticate(socket);
    if (!authenticated) return false;
    if (authenticated.endsAtMs !== null) {
      const leftMs = authenticated.endsAtMs - systemClock.now().getTime();
      const timer = setTimeout(() => socket.extra.socket.close(CloseCode.Forbidden, 'Forbidden'), Math.max(0, leftMs));
      socket.extra.socket.once('close', () => clearTimeout(timer));
    }
    return true;
  }

  /** Asked again for each subscription: a key may have been revoked, or a role taken away, since the socket was opened. */
  private async authenticate(socket: Socket): Promise<Authenticated | null> {
    const result = await this.authenticator.authenticate(credentialsOf(socket));
    return result.ok ? result.value : null;
  }

  private async begin(socket: Socket, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> {
    try {
      return await this.prepare(socket, payload);
    } catch (error) {
      const thrown = thrownBehind(error);
      if (thrown !== null) this.logger.error({ err: thrown }, 'subscription failed');
      return [error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error instanceof Error ? error : null })];
    }
  }

  private async prepare(socket: Socket, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (Object.keys(socket.subscriptions).length > SUBSCRIPTIONS_MAX)
      throw badRequest('TOO_MANY_SUBSCRIPTIONS', `a socket carries ${SUBSCRIPTIONS_MAX} subscriptions`);
    const document: DocumentNode = parse(payload.query, { maxTokens: TOKENS_MAX });
    const operation = getOperationAST(document, payload.operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION)
      throw badRequest('BAD_REQUEST', 'the socket carries subscriptions only; send anything else by POST');
    const errors = validate(this.host.schema, document, undefined, { hideSuggestions: true });
    if (errors.length > 0) return errors;
    const variables = payload.variables ?? {};
    const contextValue = await this.doorNow(socket);
    await this.gate.pass({ document, operation, variables }, contextValue);
    this.renewals.set(contextValue, () => this.renew(socket, contextValue, { document, operation }));
    return { schema: this.host.schema, document, operationName: payload.operationName, variableValues: variables, contextValue };
  }

  private async doorNow(socket: Socket): Promise<DoorContext> {
    const authenticated = await this.authenticate(socket);
    if (!authenticated) throw badRequest('UNAUTHENTICATED', 'The credentials are no longer valid.');
    return doorOf(socket, authenticated);
  }

  /** The same caller in the same tenant, with the roles of now. Throws UNAUTHENTICATED or FORBIDDEN. */
  private async renew(
    socket: Socket,
    first: DoorContext,
    operation: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode },
  ): Promise<DoorContext> {
    const { principal } = await this.doorNow(socket);
    if (principal?.tenant !== first.principal?.tenant || principal?.actor.ref !== first.principal?.actor.ref)
      throw badRequest('UNAUTHENTICATED', 'The credentials are no longer valid.');
    const door = { ...first, principal };
    this.gate.admit(operation, door);
    return door;
  }

  private async subscribe(args: ExecutionArgs): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
    const first = args.contextValue as DoorContext;
    const renew = this.renewals.get(first);
    assert(renew, 'a subscription that runs has passed the gate');
    const source = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in source)) return source;
    return new LiveResults(source[Symbol.asyncIterator](), {
      renew,
      tell: async (rootValue, contextValue) => execute({ ...args, rootValue, contextValue }),
      report: (error) => this.logger.error({ err: error, requestId: first.requestId }, 'subscription failed'),
    });
  }

  private leave(door: DoorContext, result: ExecutionResult): ExecutionResult | undefined {
    if (!result.errors) return undefined;
    for (const error of result.errors) {
      const thrown = thrownBehind(error);
      if (thrown !== null) this.logger.error({ err: thrown, requestId: door.requestId, path: error.path }, 'subscription failed');
    }
    const errors = result.errors.map((error) => formatError(error.toJSON(), error));
    const named = errors.map(
      (error) => new GraphQLError(error.message, { ...error, extensions: { ...error.extensions, requestId: door.requestId } }),
    );
    return { ...result, errors: named };
  }
}

function badRequest(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function credentialsOf(socket: Socket): Credentials {
  const text = (name: string): string | undefined => {
    const value = socket.connectionParams?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  return { authorization: text('authorization'), tenant: text('tenant') };
}

function doorOf(socket: Socket, { principal }: Authenticated): DoorContext {
  const address = socket.extra.request.socket.remoteAddress ?? '';
  return {
    requestId: newId('request'),
    principal,
    allowanceKey: principal ? `${principal.tenant}/${principal.actor.ref}` : address,
    transport: 'socket',
    spent: null,
  };
}
