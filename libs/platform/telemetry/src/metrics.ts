import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** The process's Prometheus registry, and the metrics that every app has. Rooms add their own with `registers: [metrics.registry]`. */
export class Metrics {
  readonly registry = new Registry();
  readonly httpDuration: Histogram<'method' | 'route' | 'status'>;
  readonly operations: Counter<'operation' | 'kind' | 'outcome'>;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.httpDuration = new Histogram({
      name: 'imprimatur_http_request_duration_seconds',
      help: 'Seconds from the request line to the end of the answer, by route pattern',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [this.registry],
    });
    this.operations = new Counter({
      name: 'imprimatur_graphql_operations_total',
      help: 'GraphQL root fields by outcome: answered, refused, failed',
      labelNames: ['operation', 'kind', 'outcome'],
      registers: [this.registry],
    });
  }

  /** Prometheus text format. */
  async expose(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
