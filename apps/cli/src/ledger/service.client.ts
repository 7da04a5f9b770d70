import type { JsonObject } from '@imprimatur/kernel';
import { UsageError } from '../usage.error.js';
import { reasonOf } from './http.files.js';

const TIMEOUT_MS = 60_000;

/** The service's own word for what it refused. */
export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Asks the GraphQL API as whoever the token is of. */
export class ServiceClient {
  constructor(
    readonly url: string,
    private readonly token: string | null,
  ) {}

  /** Throws UsageError when the service cannot be asked, or answers with errors. */
  async ask<T>(query: string, variables: JsonObject = {}): Promise<T> {
    const body = await this.post(JSON.stringify({ query, variables }));
    const { data, errors } = body as { readonly data?: T; readonly errors?: readonly { readonly message?: unknown }[] };
    if (errors && errors.length > 0)
      throw new UsageError(`the service answered: ${errors.map(({ message }) => String(message)).join('; ')}`);
    if (!data) throw new UsageError(`${this.url}/graphql did not answer as this service does`);
    return data;
  }

  private async post(body: string): Promise<object> {
    try {
      const response = await fetch(`${this.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(this.token !== null && { authorization: `Bearer ${this.token}` }) },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.status === 401) throw new UsageError('the service does not know you: give --token, or set IMPRIMATUR_TOKEN');
      return (await response.json()) as object;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(`${this.url}/graphql: ${reasonOf(error)}`);
    }
  }
}
