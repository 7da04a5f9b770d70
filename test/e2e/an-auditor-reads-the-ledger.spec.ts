import { request } from 'node:http';
import sharp from 'sharp';
import { ed25519Verify, hmacSha256, sha256 } from '@imprimatur/domain/ledger';
import { verifyReceipt } from '@imprimatur/formats/ledger';
import { decodeBundle, leafHash, parseCheckpoint, Tree } from '@imprimatur/formats/merkle';
import { DRAFT, Story } from '../support/story';
import { type Refused, TestService, until } from '../support/service';

interface Line {
  readonly position?: number;
  readonly index?: number;
  readonly entry?: string;
  readonly leafHash?: string;
  readonly event?: { readonly type: string; readonly about: readonly { kind: string; id: string }[] };
  readonly end?: true;
  readonly events?: number;
  readonly size?: number;
  readonly class_uid?: number;
  readonly metadata?: { readonly event_code: string; readonly profiles: readonly string[] };
}
interface Events {
  readonly auditEvents: {
    readonly totalCount: { readonly count: number; readonly isExact: boolean };
    readonly edges: readonly {
      readonly cursor: string;
      readonly node: { readonly id: string; readonly type: string; readonly actor: string };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
}
interface Trail {
  readonly assetTrail: {
    readonly isWhole: boolean;
    readonly assets: readonly {
      readonly asset: string;
      readonly relation: string;
      readonly of: string | null;
      readonly complete: { readonly isComplete: boolean; readonly seqTo: number };
    }[];
    readonly edges: readonly {
      readonly asset: string | null;
      readonly complete: { readonly isComplete: boolean } | null;
      readonly node: { readonly type: string };
    }[];
  } | null;
}
const EVENTS = `query($filter: AuditEventFilter, $first: Int, $after: String) { auditEvents(filter: $filter, first: $first, after: $after)
  { totalCount { count isExact } edges { cursor node { id type actor } } pageInfo { hasNextPage } } }`;
const TRAIL = `query($asset: ID!) { assetTrail(asset: $asset, first: 100) { isWhole assets { asset relation of complete { isComplete seqTo } }
  edges { asset complete { isComplete } node { type } } } }`;
const REFUSED = '... on Refused { __typename code message remedy }';

describe('an auditor reads the ledger', () => {
  let service: TestService;
  let story: Story;
  let asset: string;
  let turn: string;
  let session: string;
  let derived: string;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    const plain = await sharp({ create: { width: 320, height: 200, channels: 3, background: '#385' } })
      .png()
      .toBuffer();
    asset = await story.upload(plain);
    session = await story.session([asset], DRAFT);
    turn = await story.submit(session, asset, 'brighten by 10%');
    const item = await story.settled(turn);
    if (item.reviewTask) await story.approve(item);
    const started = await story.startExport(item.resultVersion?.id ?? '', 'PNG');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    const { fileUrl } = await story.exported(started.export.id);
    derived = await story.upload(new Uint8Array(await (await story.creator.get(fileUrl ?? '')).arrayBuffer()), 'again.png');
    await story.screened(derived);
  }, 180_000);
  afterAll(() => service?.close());

  const events = (variables: Record<string, unknown>): Promise<Events> => story.auditor.graphql<Events>(EVENTS, variables);
  const stream = async (query: string): Promise<Line[]> => {
    const answer = await story.auditor.get(`/ledger/export?${query}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    return (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  };
  const entryOf = async (type: string): Promise<string> =>
    (await events({ filter: { types: [type], turn } })).auditEvents.edges[0]?.node.id ?? '';
  /** Everything that is written now is in the log and signed. */
  const settled = async (): Promise<void> => {
    const ask = async () =>
      (
        await story.auditor.graphql<{ auditEvents: { edges: { node: { receipt: unknown } }[] } }>(
          '{ auditEvents(first: 20) { edges { node { receipt } } } }',
        )
      ).auditEvents.edges;
    await until(ask, (edges) => edges.every(({ node }) => node.receipt !== null));
    await until(
      async () => (await stream('after=0')).at(-1)?.size ?? 0,
      (size) => size > 20,
    );
  };

  it('finds events by every filter at once, and is told how many there are', async () => {
    const { auditEvents: all } = await events({ first: 100 });
    expect(all.totalCount).toEqual({ count: all.edges.length, isExact: true });
    const submitted = all.edges.find(({ node }) => node.type === 'turn.submitted')?.node;
    const filter = {
      actor: submitted?.actor,
      types: ['turn.submitted', 'item.released'],
      turn,
      session,
      asset,
      from: '2020-01-01T00:00:00Z',
    };
    const { auditEvents: found } = await events({ filter });
    expect([found.totalCount.count, found.edges.map(({ node }) => node.id)]).toEqual([1, [submitted?.id]]);
    expect((await events({ filter: { ...filter, to: '2020-01-02T00:00:00Z' } })).auditEvents.edges).toEqual([]);
    const { auditEvents: first } = await events({ first: 3 });
    const { auditEvents: next } = await events({ first: 3, after: first.edges.at(-1)?.cursor });
    expect([...first.edges, ...next.edges]).toEqual(all.edges.slice(0, 6));
  });

  const cursor = (key: string): string => Buffer.from(`c1:${key}`).toString('base64url');
  it.each([
    ['auditEvents', '{ pageInfo { hasNextPage } }', 'x'],
    ['auditEvents', '{ pageInfo { hasNextPage } }', '99999999999999999999'],
    ['assets', '{ pageInfo { hasNextPage } }', '12'],
    ['sessions', '{ pageInfo { hasNextPage } }', "'; --"],
    ['members', '{ pageInfo { hasNextPage } }', '-1'],
    ['logAccesses', '{ pageInfo { hasNextPage } }', '7'],
    ['consentRecords', '{ pageInfo { hasNextPage } }', 'garbage'],
  ])('is told that a cursor of %s is not one', async (field, selection, key) => {
    const { status, body } = await story.auditor.post(`{ ${field}(after: "${cursor(key)}") ${selection} }`);
    expect([status, body.errors?.[0]?.extensions?.code]).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('is told so of the versions of a picture and the turns of a session', async () => {
    for (const query of [
      `{ asset(id: "${asset}") { versions(after: "${cursor('x')}") { pageInfo { hasNextPage } } } }`,
      `{ session(id: "${session}") { turns(after: "${cursor('1')}") { pageInfo { hasNextPage } } } }`,
    ]) {
      const { body } = await story.auditor.post(query);
      expect(body.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    }
  });

  it.each([
    { actor: 'no\u0000body' },
    { types: Array.from({ length: 51 }, () => 'a.b') },
    { asset: 'turn_018f0000-0000-7000-8000-000000000001' },
    { types: ['a b'] },
  ])('is told that a filter cannot be: %j', async (filter) => {
    const { status, body } = await story.auditor.post(EVENTS, { filter });
    expect([status, body.errors?.[0]?.extensions?.code]).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('follows a picture that was uploaded again back to where it was exported from', async () => {
    const { assetTrail } = await story.auditor.graphql<Trail>(TRAIL, { asset: derived });
    expect(assetTrail?.isWhole).toBe(true);
    expect(assetTrail?.assets.map(({ asset: id, relation, of }) => [id, relation, of])).toEqual([
      [derived, 'SELF', null],
      [asset, 'EXPORT', derived],
    ]);
    expect(assetTrail?.assets.every(({ complete }) => complete.isComplete && complete.seqTo > 0)).toBe(true);
    const types = assetTrail?.edges.map(({ node }) => node.type) ?? [];
    expect(types).toEqual(
      expect.arrayContaining(['session.opened', 'screening.done', 'turn.submitted', 'version.released', 'export.signed']),
    );
    expect(types.filter((type) => type === 'asset.uploaded')).toHaveLength(2);
    expect(assetTrail?.edges.filter((edge) => edge.asset !== null).every((edge) => edge.complete?.isComplete)).toBe(true);
    const own = await story.auditor.graphql<Trail>(TRAIL, { asset });
    expect(own.assetTrail?.assets).toHaveLength(1);
  });

  it('hands out a prompt with the proof that it is the one', async () => {
    await settled();
    const entry = await entryOf('turn.submitted');
    const document = `mutation($input: DisclosePartsInput!) { discloseParts(input: $input) { ... on DisclosePartsSuccess { __typename receipt } ${REFUSED} } }`;
    type Answer = { discloseParts: Refused | { __typename: 'DisclosePartsSuccess'; receipt: { parts: Record<string, unknown> } } };
    const input = { idempotencyKey: 'disclose-1', entry, parts: ['prompt'], reason: 'the court asked for it' };
    const [one, other] = await Promise.all([1, 2].map(() => story.legal.graphql<Answer>(document, { input })));
    if (one?.discloseParts.__typename !== 'DisclosePartsSuccess') throw new Error(JSON.stringify(one));
    expect(other?.discloseParts).toMatchObject({ receipt: { parts: one.discloseParts.receipt.parts } });
    const report = verifyReceipt(one.discloseParts.receipt, { sha256, hmacSha256, ed25519Verify, logKeys: [] });
    expect(report).toMatchObject({ status: 'consistent', parts: { prompt: Buffer.from('brighten by 10%') } });
    const { auditEvents } = await events({ filter: { types: ['ledger.disclosed'], turn } });
    expect(auditEvents.totalCount.count).toBe(1);
    const stored = await service.database.asAdmin<{ answer: unknown }>(`select answer from idempotency_key where key = 'disclose-1'`);
    expect(JSON.stringify(stored)).not.toContain(Buffer.from('brighten').toString('base64').slice(0, 8));
    const denied = await story.creator.graphql<Answer>(document, { input });
    expect(denied.discloseParts).toMatchObject({ __typename: 'Refused', code: 'FORBIDDEN' });
  });

  describe('as a stream', () => {
    it('gets every entry byte for byte, can go on from any line, and sees where it ends', async () => {
      await settled();
      const lines = await stream('');
      const end = lines.pop();
      expect(end).toEqual({ end: true, events: lines.length, position: lines.length, size: lines.length });
      lines.forEach(({ position, index, entry, leafHash: told }, at) => {
        expect([position, index]).toEqual([at + 1, at]);
        expect(Buffer.from(leafHash(sha256, Buffer.from(entry ?? '', 'base64'))).toString('hex')).toBe(told);
      });
      const rest = await stream(`after=${lines[4]?.position}`);
      expect(rest[0]?.index).toBe(5);
      const some = await stream(`turn=${turn}&type=turn.submitted&type=item.screened&from=2020-01-01T00:00:00Z`);
      expect(new Set(some.slice(0, -1).map(({ event }) => event?.type))).toEqual(new Set(['turn.submitted', 'item.screened']));
      expect(some.at(-1)).toMatchObject({ end: true, events: some.length - 1 });
    });

    it('gets OCSF events', async () => {
      const lines = await stream(`format=ocsf&turn=${turn}`);
      expect(lines.pop()?.end).toBe(true);
      expect(new Set(lines.map(({ class_uid }) => class_uid))).toEqual(new Set([6003, 3004]));
      const attempt = lines.find(({ metadata }) => metadata?.event_code === 'attempt.began');
      expect(attempt).toMatchObject({
        class_uid: 6003,
        metadata: { profiles: ['ai_operation'] },
        ai_model: { ai_provider: expect.any(String) as string },
      });
    });

    it.each(['format=xml', 'after=-1', 'after=x', 'from=yesterday', 'asset=1', 'nothing=1', 'actor=a&actor=b', 'type=a%20b'])(
      'is refused with %s',
      async (query) => {
        const answer = await story.auditor.get(`/ledger/export?${query}`);
        expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'BAD_REQUEST']);
      },
    );

    it('is not for everybody', async () => {
      expect((await story.creator.get('/ledger/export')).status).toBe(403);
      expect((await story.approver.get('/ledger/export')).status).toBe(403);
      expect((await fetch(`${service.url}/ledger/export`)).status).toBe(401);
      expect((await story.auditor.get('/ledger/export?after=100000')).status).toBe(422);
    });

    it('notes that a client left', async () => {
      const before = (await events({ filter: { types: ['ledger.export-ended'] } })).auditEvents.totalCount.count;
      const { tenant } = (await service.database.asAdmin<{ tenant: string }>(`select id as tenant from tenant limit 1`))[0] ?? {
        tenant: '',
      };
      // enough that it does not fit into the buffers of one connection
      await service.database.asAdmin(
        `with more as (
           insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash)
           select $1::uuid, i.id, 'test.happened', now(), 'system', b.bytes, sha256('\\x00'::bytea || b.bytes)
             from generate_series(1, 400) n, lateral (select gen_random_uuid() as id where n > 0) i,
             lateral (select convert_to('{"about":[],"actor":{"kind":"system","ref":"system","role":"system"},"at":"2026-01-01T00:00:00.000Z","facts":{"pad":"'
               || repeat('x', 60000) || '"},"id":"' || i.id || '","parts":{},"tenant":"' || $1::text || '","type":"test.happened","v":1}', 'UTF8') as bytes) b
           returning id, position)
         insert into ledger_pending (tenant, position, entry) select $1::uuid, position, id from more`,
        [tenant],
      );
      await until(
        async () => (await stream('type=no.such')).at(-1)?.size ?? 0,
        (size) => size > 400,
      );
      await new Promise<void>((resolve, reject) => {
        const asked = request(`${service.url}/ledger/export`, { headers: story.auditor.headers() }, (answer) => {
          answer.once('data', () => {
            answer.destroy();
            resolve();
          });
        });
        asked.once('error', reject);
        asked.end();
      });
      const ended = async (): Promise<string> => {
        const rows = await service.database.asAdmin<{ text: string }>(
          `select convert_from(bytes, 'UTF8') as text from ledger_entry where type = 'ledger.export-ended'`,
        );
        return rows.map(({ text }) => text).join('\n');
      };
      expect(await until(ended, (text) => text.includes('"outcome":"left"'))).toContain('"outcome":"left"');
      expect((await events({ filter: { types: ['ledger.export-ended'] } })).auditEvents.totalCount.count).toBeGreaterThan(before);
    });
  });

  describe('with a capability', () => {
    type Granted = { grantLogAccess: { access: { id: string }; url: string | null } };
    const GRANT = `mutation($input: GrantLogAccessInput!) { grantLogAccess(input: $input) { ... on GrantLogAccessSuccess { access { id } url } ${REFUSED} } }`;

    it('lets a client that knows no sign-in walk the log', async () => {
      const input = { idempotencyKey: 'grant-1', hours: 2, note: 'external audit' };
      const { grantLogAccess } = await story.auditor.graphql<Granted>(GRANT, { input });
      const base = `${service.url}${grantLogAccess.url}`;
      expect((await story.auditor.graphql<Granted>(GRANT, { input })).grantLogAccess).toEqual({ ...grantLogAccess, url: null });
      const checkpoint = parseCheckpoint(await (await fetch(`${base}checkpoint`)).text());
      expect((await fetch(`${base}log.vkey`)).status).toBe(200);
      const tree = Tree.empty(sha256);
      const size = checkpoint?.size ?? 0;
      for (let at = 0; at < size; at += 256) {
        const width = Math.min(256, size - at);
        const name = `tile/entries/${String(at / 256).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`;
        const answer = await fetch(`${base}${name}`);
        expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual(['gzip', 'accept-encoding']);
        expect(answer.headers.get('cache-control')).toBe(width < 256 ? 'private, max-age=300' : 'private, max-age=31536000, immutable');
        const bytes = new Uint8Array(await answer.arrayBuffer());
        const plain = await fetch(`${base}${name}`, { headers: { 'accept-encoding': 'gzip;q=0' } });
        expect(plain.headers.get('content-encoding')).toBeNull();
        expect(Buffer.from(await plain.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
        for (const entry of decodeBundle(bytes) ?? []) tree.append(leafHash(sha256, entry));
      }
      expect(Buffer.from(tree.root())).toEqual(Buffer.from(checkpoint?.root ?? []));
      const { auditEvents } = await events({ filter: { types: ['log.access-used'] } });
      expect(auditEvents.totalCount.count).toBe(1);
      const revoked = await story.legal.graphql<{ revokeLogAccess: { __typename: string } }>(
        `mutation { revokeLogAccess(input: { idempotencyKey: "revoke-1", access: "${grantLogAccess.access.id}" }) { __typename } }`,
      );
      expect(revoked.revokeLogAccess.__typename).toBe('RevokeLogAccessSuccess');
      const after = await fetch(`${base}checkpoint`);
      const unknown = await fetch(`${service.url}/log/${Buffer.alloc(32, 1).toString('base64url')}/checkpoint`);
      const answerOf = async (answer: Response): Promise<unknown> => [
        answer.status,
        { ...((await answer.json()) as object), requestId: '' },
      ];
      expect(await answerOf(after)).toEqual(await answerOf(unknown));
      expect(after.status).toBe(404);
      expect(service.log()).not.toContain(grantLogAccess.url?.split('/')[2] ?? 'no url');
    });

    it('leaves the tenant’s own path to who is signed in, and log 0 to everybody', async () => {
      const { viewer } = await story.auditor.graphql<{ viewer: { tenant: { id: string } } }>('{ viewer { tenant { id } } }');
      expect((await fetch(`${service.url}/log/${viewer.tenant.id}/checkpoint`)).status).toBe(401);
      expect((await story.auditor.get(`/log/${viewer.tenant.id}/checkpoint`)).status).toBe(200);
      const zero = await until(
        () => fetch(`${service.url}/log/0/checkpoint`),
        ({ status }) => status === 200,
      );
      expect(zero.headers.get('cache-control')).toBe('public, no-cache');
    });
  });
});
