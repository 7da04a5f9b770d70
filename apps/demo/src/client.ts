/** What a client of the API sees when something is wrong that is no refusal. */
export class ApiFault extends Error {}

export interface Refused {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** One person's connection to the service: nothing here that any client could not do. */
export class Client {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    readonly person: string,
  ) {}

  /** Development sign-in: each person of the demo is an identity of its own. */
  static async signIn(url: string, person: string): Promise<Client> {
    const response = await fetch(`${url}/auth/development`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person }),
    });
    if (!response.ok) {
      throw new ApiFault(
        `signing in as ${person} answered ${response.status}; the demo needs a service in development mode (imprimatur serve)`,
      );
    }
    const body = (await response.json()) as { readonly accessToken: string };
    return new Client(url, body.accessToken, person);
  }

  async graphql<T>(query: string, variables: Readonly<Record<string, unknown>>): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { ...this.headers(), 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as { readonly data?: T; readonly errors?: readonly { readonly message: string }[] };
    if (body.errors || body.data === undefined) {
      throw new ApiFault(`the API answered ${response.status}: ${(body.errors ?? []).map((error) => error.message).join('; ')}`);
    }
    return body.data;
  }

  async upload(bytes: Uint8Array, name: string, idempotencyKey: string): Promise<{ readonly asset: string } | Refused> {
    const form = new FormData();
    form.set('name', name);
    form.set('rights', 'OWNED');
    form.set('file', new Blob([bytes]), name);
    const response = await fetch(`${this.url}/assets`, {
      method: 'POST',
      headers: { ...this.headers(), 'idempotency-key': idempotencyKey },
      body: form,
    });
    const body = (await response.json()) as {
      readonly asset?: { readonly id: string };
      readonly code?: string;
      readonly message?: string;
      readonly remedy?: string;
    };
    if (body.asset) return { asset: body.asset.id };
    if (body.code && body.message) return { __typename: 'Refused', code: body.code, message: body.message, remedy: body.remedy ?? '' };
    throw new ApiFault(`the upload answered ${response.status}`);
  }

  async download(path: string): Promise<Uint8Array> {
    const response = await fetch(new URL(path, this.url), { headers: this.headers() });
    if (!response.ok) throw new ApiFault(`${path} answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }
}

/** Asks again until `done`; the service tells when to stop, or the deadline does. */
export async function poll<T>(ask: () => Promise<T>, done: (answer: T) => boolean, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (performance.now() > deadline)
      throw new ApiFault(`nothing changed within ${Math.round(timeoutMs / 1000)} s; is the worker running?`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const POLL_MS = 100;
