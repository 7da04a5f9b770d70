import type { Config } from '@imprimatur/platform/config';

/** Probes, which tell nothing, and the log's capability URLs, whose path is a secret. */
const UNTRACED = /^\/(healthz|readyz|metrics|log\/)/;

export interface Tracing {
  shutdown(): Promise<void>;
}

/**
 * Starts OpenTelemetry when an OTLP endpoint is configured; null otherwise, and then nothing of it is even loaded. Call it before
 * anything else is imported that should be traced: http, pg and graphql are patched as they load.
 */
export async function startTracing(config: Pick<Config, 'otlpEndpoint'>, service: string): Promise<Tracing | null> {
  if (config.otlpEndpoint === undefined) return null;
  const [{ NodeSDK }, { OTLPTraceExporter }, { HttpInstrumentation }, { PgInstrumentation }, { GraphQLInstrumentation }] =
    await Promise.all([
      import('@opentelemetry/sdk-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/instrumentation-http'),
      import('@opentelemetry/instrumentation-pg'),
      import('@opentelemetry/instrumentation-graphql'),
    ]);
  const sdk = new NodeSDK({
    serviceName: service,
    traceExporter: new OTLPTraceExporter({ url: `${config.otlpEndpoint.replace(/\/$/, '')}/v1/traces` }),
    // statements are traced without their parameters, documents without their literals: both hold what people wrote
    instrumentations: [
      new HttpInstrumentation({ ignoreIncomingRequestHook: (request) => UNTRACED.test(request.url ?? '') }),
      new PgInstrumentation({ enhancedDatabaseReporting: false }),
      new GraphQLInstrumentation({ allowValues: false }),
    ],
  });
  sdk.start();
  return sdk;
}
