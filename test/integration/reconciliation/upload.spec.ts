import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Person, TestService } from '../../support/service';

const CSV = 'time,response_id,input_tokens,output_tokens\n2026-03-01T12:00:00Z,r-1,1,2\nsoon,,1,2\n';
const BYTES_MAX = 100_000;

interface Answer {
  readonly status: number;
  readonly body: { readonly code?: string; readonly reconciliation?: { readonly id: string; readonly counts: Record<string, number> } };
}

describe('POST /reconciliations', () => {
  let service: TestService;
  let auditor: Person;
  beforeAll(async () => {
    service = await TestService.start({ worker: false, env: { RECONCILIATION_BYTES_MAX: String(BYTES_MAX) } });
    auditor = await service.signIn('axel');
  }, 120_000);
  afterAll(() => service?.close());

  async function post(
    who: Person,
    body: string | ReadableStream,
    query = 'provider=gemini',
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${service.url}/reconciliations?${query}`, {
      method: 'POST',
      headers: who.headers({ 'content-type': 'text/csv', 'idempotency-key': randomBytes(8).toString('hex'), ...headers }),
      body,
      ...(typeof body === 'string' ? {} : { duplex: 'half' }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  it('makes one, which GraphQL then shows', async () => {
    const { status, body } = await post(auditor, CSV);
    expect(status).toBe(201);
    expect(body.reconciliation?.counts).toEqual({ rows: 2, explained: 0, ambiguous: 0, unexplained: 1, missingFromBill: 0, unreadable: 1 });
    const shown = await auditor.graphql<{ reconciliation: object; reconciliations: { edges: { node: { id: string } }[] }; node: object }>(
      `query($id: ID!) {
        reconciliation(id: $id) { provider columns windowSeconds from counts { rows unexplained }
          all: findings(first: 1) { edges { node { kind line } } pageInfo { hasNextPage } }
          bad: findings(kind: UNREADABLE) { edges { cursor node { line problem attempt basis } } } }
        reconciliations { edges { node { id } } }
        node(id: $id) { __typename id } }`,
      { id: body.reconciliation?.id },
    );
    expect(shown).toEqual({
      reconciliation: {
        provider: 'gemini',
        columns: { time: 'time', responseId: 'response_id', inputTokens: 'input_tokens', outputTokens: 'output_tokens' },
        windowSeconds: 120,
        from: '2026-03-01T12:00:00.000Z',
        counts: { rows: 2, unexplained: 1 },
        all: { edges: [{ node: { kind: 'UNEXPLAINED', line: '2' } }], pageInfo: { hasNextPage: true } },
        bad: {
          edges: [{ cursor: expect.any(String) as string, node: { line: '3', problem: 'TIME_UNREADABLE', attempt: null, basis: null } }],
        },
      },
      reconciliations: { edges: [{ node: { id: body.reconciliation?.id } }] },
      node: { __typename: 'Reconciliation', id: body.reconciliation?.id },
    });
  });

  it('answers a repeated key and a repeated file with the same one', async () => {
    const key = { 'idempotency-key': randomBytes(8).toString('hex') };
    const first = await post(auditor, CSV, 'provider=other', key);
    expect(await post(auditor, CSV, 'provider=other', key)).toEqual(first);
    expect((await post(auditor, CSV, 'provider=other')).body).toEqual(first.body);
    expect((await post(auditor, `${CSV}x`, 'provider=other', key)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it.each<[string, string, string, Record<string, string>, number, string]>([
    ['no CSV by its type', CSV, 'provider=gemini', { 'content-type': 'application/octet-stream' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['a compressed body', CSV, 'provider=gemini', { 'content-encoding': 'gzip' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['a parameter twice', CSV, 'provider=gemini&provider=other', {}, 400, 'BAD_REQUEST'],
    ['no provider', CSV, '', {}, 422, 'PROVIDER_INVALID'],
    ['a window that is no number', CSV, 'provider=gemini&windowSeconds=long', {}, 422, 'WINDOW_INVALID'],
    ['half a period', CSV, 'provider=gemini&from=2026-01-01T00:00:00Z', {}, 422, 'PERIOD_INVALID'],
    ['a period without offsets', CSV, 'provider=gemini&from=2026-01-01&to=2026-02-01', {}, 422, 'PERIOD_INVALID'],
    ['a broken file', 'time\n"', 'provider=gemini', {}, 422, 'BILL_BROKEN'],
    ['more than the limit', 'x'.repeat(BYTES_MAX + 1), 'provider=gemini', {}, 413, 'BODY_TOO_LARGE'],
  ])('refuses %s', async (_name, body, query, headers, status, code) => {
    const answer = await post(auditor, body, query, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('stops reading at the limit when no length was announced', async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        sent += 10_000;
        controller.enqueue(new Uint8Array(10_000).fill(120));
        if (sent > 200 * BYTES_MAX) controller.close();
      },
    });
    // the server answers and hangs up; whether the client still reads the answer is its own affair
    const outcome = await post(auditor, endless).then(
      ({ status }) => status,
      () => 'hung up',
    );
    expect([413, 'hung up']).toContain(outcome);
    expect(sent).toBeLessThan(200 * BYTES_MAX);
  });

  it('is not for creators, nor without a key', async () => {
    expect((await post(await service.signIn('ana'), CSV)).status).toBe(403);
    expect((await post(auditor, CSV, 'provider=gemini', { 'idempotency-key': '' })).body.code).toBe('IDEMPOTENCY_KEY_MISSING');
  });

  it('leaves no file behind', () => {
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('imprimatur-upload-'))).toEqual([]);
  });
});
