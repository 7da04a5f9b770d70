import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse, GraphQLRequestListener } from '@apollo/server';
import { LOGGER, type Logger, Metrics } from '@imprimatur/platform/telemetry';
import { Inject } from '@nestjs/common';
import { Plugin } from '@nestjs/apollo';
import { GraphQLError } from 'graphql';
import type { DoorContext } from './door.types.js';
import { RETRY_AFTER_S, safeFailureOf, thrownBehind } from './fault.mapper.js';
import { OperationGate } from './operation.gate.js';

type Finished = GraphQLRequestContextWillSendResponse<DoorContext>;

/** The door's part in a request over HTTP: the gate before execution, one log line per failure, request ids and statuses after it. */
@Plugin()
export class DoorPlugin implements ApolloServerPlugin<DoorContext> {
  constructor(
    private readonly gate: OperationGate,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async requestDidStart(): Promise<GraphQLRequestListener<DoorContext>> {
    return {
      didResolveOperation: async ({ document, operation, request, contextValue }) => {
        if (!operation) throw noSuchOperation();
        await this.gate.pass({ document, operation, variables: request.variables ?? {} }, contextValue);
      },
      didEncounterErrors: async ({ errors, contextValue, operationName }) => this.logFailures(errors, contextValue, operationName),
      willSendResponse: async (finished) => this.finish(finished),
    };
  }

  private logFailures(errors: readonly GraphQLError[], door: DoorContext, operationName: string | null | undefined): void {
    for (const error of errors) {
      const thrown = thrownBehind(error);
      if (thrown !== null)
        this.logger.error({ err: thrown, requestId: door.requestId, operationName, path: error.path }, 'operation failed');
    }
  }

  private finish({ response, errors, contextValue, document, operation }: Finished): void {
    const thrown = (errors ?? []).map(thrownBehind).filter((error) => error !== null);
    if (response.body?.kind === 'single') {
      const { singleResult } = response.body;
      singleResult.errors = singleResult.errors?.map((error) => ({
        ...error,
        extensions: { ...error.extensions, requestId: contextValue.requestId },
      }));
      const [failure] = thrown.map(safeFailureOf);
      if (failure && (singleResult.data === undefined || singleResult.data === null)) {
        response.http.status = failure.status;
        if (failure.retryable) response.http.headers.set('retry-after', String(RETRY_AFTER_S));
      }
    }
    if (!document || !operation) return;
    const outcome = thrown.length > 0 ? 'failed' : errors ? 'refused' : 'answered';
    for (const { name, kind } of this.gate.marksOf({ document, operation }))
      this.metrics.operations.inc({ operation: name, kind, outcome });
  }
}

function noSuchOperation(): GraphQLError {
  return new GraphQLError('Name one operation of the document with `operationName`.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
  });
}
