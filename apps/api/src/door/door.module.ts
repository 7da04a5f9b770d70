import { join } from 'node:path';
import { IdentityModule, IdentityService } from '@imprimatur/domain/identity';
import { assert } from '@imprimatur/kernel';
import type { Config } from '@imprimatur/platform/config';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { CONFIG } from '../configuration.js';
import { BearerVerifier } from './bearer.verifier.js';
import { CallerAuthenticator } from './caller.authenticator.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { DevelopmentController } from './development.controller.js';
import { DevelopmentSigner } from './development.signer.js';
import { TOKENS_MAX } from './document.weight.js';
import { DoorPlugin } from './door.plugin.js';
import { DoorResolver } from './door.resolver.js';
import { DEVELOPMENT_SIGNER } from './door.tokens.js';
import type { DoorRequest } from './door.types.js';
import { formatError } from './fault.mapper.js';
import { JsonScalar } from './json.scalar.js';
import { LiveSource } from './live.source.js';
import { MutationRunner } from './mutation.runner.js';
import { NodeRegistry } from './node.registry.js';
import { OperationGate } from './operation.gate.js';
import { guardOperations } from './operation.guard.js';
import { RateLimiter } from './rate.limiter.js';
import { RestFilter } from './rest.filter.js';
import { RouteGuard } from './route.marks.js';
import { SubscriptionSocket } from './subscription.socket.js';

/** The SDL of every noun, from the sources and from dist alike. */
export const TYPE_PATHS: readonly string[] = [join(__dirname, '../**/*.graphql')];

const providers = [
  {
    provide: DEVELOPMENT_SIGNER,
    inject: [CONFIG],
    useFactory: (config: Config) =>
      config.mode === 'development'
        ? DevelopmentSigner.open(join(config.home, 'keys/development-sign-in.json'), config.oidc.audience)
        : null,
  },
  {
    provide: BearerVerifier,
    inject: [CONFIG, DEVELOPMENT_SIGNER],
    useFactory: (config: Config, signer: DevelopmentSigner | null) => new BearerVerifier(config.oidc, signer),
  },
  {
    provide: CallerAuthenticator,
    inject: [IdentityService, BearerVerifier],
    useFactory: (identities: IdentityService, bearer: BearerVerifier) => new CallerAuthenticator(identities, bearer),
  },
  {
    provide: RateLimiter,
    inject: [CONFIG],
    useFactory: ({ databaseUrl }: Config) => {
      assert(databaseUrl !== undefined, 'api and worker are given DATABASE_URL by their supervisor or their operator');
      return new RateLimiter(databaseUrl);
    },
  },
  { provide: APP_GUARD, useClass: RouteGuard },
  { provide: APP_FILTER, useClass: RestFilter },
  OperationGate,
  DoorPlugin,
  DoorResolver,
  NodeRegistry,
  LiveSource,
  MutationRunner,
  SubscriptionSocket,
  DateTimeScalar,
  JsonScalar,
];

/** Everything between the network and the nouns. Needs CONFIG, LOGGER and Metrics from a global module. */
@Global()
@Module({})
export class DoorModule {
  /** `typePaths` are globs of .graphql files; tests hand in their own to stand a smaller house behind the same door. */
  static forRoot(typePaths: readonly string[] = TYPE_PATHS): DynamicModule {
    const graphql = GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      inject: [CONFIG],
      useFactory: (config: Config) => graphqlOptions(config, typePaths),
    });
    return {
      module: DoorModule,
      imports: [graphql, IdentityModule],
      controllers: [DevelopmentController],
      providers,
      exports: [NodeRegistry, LiveSource, MutationRunner, CallerAuthenticator, IdentityModule, DEVELOPMENT_SIGNER],
    };
  }
}

function graphqlOptions(config: Config, typePaths: readonly string[]): Omit<ApolloDriverConfig, 'driver'> {
  return {
    typePaths: [...typePaths],
    transformSchema: guardOperations,
    // payloads carry __typename, so unions and interfaces need no resolver of their own
    resolverValidationOptions: { requireResolversToMatchSchema: 'error', requireResolversForResolveType: 'ignore' },
    context: ({ req }: { readonly req: DoorRequest }) => req.door,
    formatError,
    autoTransformHttpErrors: false,
    preserveHttpStatusForExecutionErrors: false,
    graphiql: false,
    introspection: config.mode !== 'production',
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    parseOptions: { maxTokens: TOKENS_MAX },
    stopOnTerminationSignals: false,
  };
}
