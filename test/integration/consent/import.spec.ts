import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { newId, toPublicId } from '@imprimatur/kernel';
import { type Person, TestService } from '../../support/service';
import { PORTRAIT, Story } from '../../support/story';

const HEADINGS = 'asset,face,person,ageBand,method,noticeText,useCases,kindsOfChange,channels,territories,validUntil';

interface Answer {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly consents?: readonly { readonly line: number; readonly consent: string }[];
    readonly problems?: readonly {
      readonly line: number;
      readonly column: string | null;
      readonly code: string;
      readonly remedy: string;
    }[];
    readonly problemCount?: number;
  };
}

const newKey = (): string => randomBytes(8).toString('hex');

function line(asset: string, person: string, face = '0', validUntil = ''): string {
  return [
    asset,
    face,
    person,
    'ADULT',
    'signed-form',
    '"Your portrait, retouched."',
    'marketing',
    'retouch',
    'website',
    '*',
    validUntil,
  ].join(',');
}

describe('POST /consents/import', () => {
  let service: TestService;
  let story: Story;
  let one: string;
  let other: string;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    one = await story.upload(PORTRAIT);
    other = await story.upload(await sharp(PORTRAIT).flop().jpeg().toBuffer());
    expect(await story.screened(one)).toBe(1);
    expect(await story.screened(other)).toBe(1);
  }, 180_000);
  afterAll(() => service?.close());

  async function post(who: Person, lines: readonly string[] | string, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${service.url}/consents/import`, {
      method: 'POST',
      headers: who.headers({ 'content-type': 'text/csv', 'idempotency-key': newKey(), ...headers }),
      body: typeof lines === 'string' ? lines : [HEADINGS, ...lines].join('\r\n'),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  /** Everything that a registration writes. */
  async function written(): Promise<Record<string, number>> {
    const [row] = await service.database.asAdmin<Record<string, number>>(
      `select (select count(*)::int from consent_record) as records, (select count(*)::int from consent_binding) as bindings,
         (select count(*)::int from subject where kind = 'person' and id in (select subject from consent_record)) as people,
         (select count(*)::int from ledger_entry where type = 'consent.registered') as events,
         (select count(*)::int from job where kind = 'consent-expiry') as jobs`,
    );
    return row ?? {};
  }

  it('imports nothing when one line is wrong, and tells by line what to do', async () => {
    const before = await written();
    const lines = [line(one, 'Ada'), line(toPublicId('asset', newId('asset')), 'Bea'), line(other, 'Cleo', '7'), line(other, '')];
    const formal = await post(story.legal, lines);
    expect(formal).toMatchObject({ status: 422, body: { code: 'CONSENT_IMPORT_INVALID', problemCount: 1 } });
    expect(formal.body.problems).toMatchObject([
      { line: 5, column: 'person', code: 'CONSENT_TEXT_INVALID', remedy: 'Give 1 to 200 characters.' },
    ]);
    const answer = await post(story.legal, lines.slice(0, 3));
    expect(answer.body.problems).toMatchObject([
      { line: 3, column: 'asset', code: 'NOT_FOUND' },
      { line: 4, column: 'face', code: 'FACE_UNKNOWN', remedy: 'Give a number from 0 to 0, counted from left to right.' },
    ]);
    expect(await written()).toEqual(before);
  });

  it('tells the first hundred problems, and how many there are', async () => {
    const { body } = await post(
      story.legal,
      Array.from({ length: 130 }, (_, at) => line(one, `P${at}`, 'x')),
    );
    expect(body.problems).toHaveLength(100);
    expect(body.problemCount).toBe(130);
  });

  it('imports every line of a good file, once, also when it is sent twice at once', async () => {
    const before = await written();
    const lines = [line(one, 'Ada'), line(other, '"Example, Bea"', '0', '2031-01-31T12:00:00Z'), line(one, 'Cleo')];
    const key = newKey();
    const answers = await Promise.all([1, 2].map(() => post(story.legal, lines, { 'idempotency-key': key })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]?.body.consents?.map(({ line: at }) => at)).toEqual([2, 3, 4]);
    expect(answers[1]).toEqual(answers[0]);
    const after = await written();
    const more = Object.fromEntries(Object.entries(after).map(([what, count]) => [what, count - (before[what] ?? 0)]));
    expect(more).toEqual({ records: 3, bindings: 3, people: 3, events: 3, jobs: 1 });
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string; state: string } }[] } }>(
      '{ consentRecords(first: 3) { edges { node { id state } } } }',
    );
    expect(consentRecords.edges.map(({ node }) => node.id).sort()).toEqual(answers[0]?.body.consents?.map(({ consent }) => consent).sort());
    const { item } = await story.edit(one, 'make it brighter');
    expect(item.state).toBe('HELD');
  }, 120_000);

  it('files of the same pictures in another order do not wait for each other forever', async () => {
    const people = Array.from({ length: 20 }, (_, at) => `P${at}`);
    const files = [1, 2, 3, 4].map((file) =>
      people.flatMap((person) => (file % 2 === 0 ? [line(one, person), line(other, person)] : [line(other, person), line(one, person)])),
    );
    const answers = await Promise.all(files.map((lines) => post(story.legal, lines)));
    expect(answers.map(({ status, body }) => [status, body.consents?.length])).toEqual(files.map(() => [201, 40]));
  }, 120_000);

  it('takes as many lines as it says', async () => {
    const { status, body } = await post(
      story.legal,
      Array.from({ length: 500 }, (_, at) => line(at % 2 === 0 ? one : other, `Q${at}`)),
    );
    expect([status, body.consents?.length]).toEqual([201, 500]);
  }, 120_000);

  it.each<[number, string, Record<string, string>, string]>([
    [415, 'MEDIA_TYPE_UNSUPPORTED', { 'content-type': 'application/octet-stream' }, HEADINGS],
    [415, 'MEDIA_TYPE_UNSUPPORTED', { 'content-encoding': 'gzip' }, HEADINGS],
    [400, 'IDEMPOTENCY_KEY_MISSING', { 'idempotency-key': '' }, HEADINGS],
    [413, 'BODY_TOO_LARGE', {}, 'x'.repeat(4 * 1024 * 1024 + 1)],
  ])('%d %s for %j', async (status, code, headers, body) => {
    expect(await post(story.legal, body, headers)).toMatchObject({ status, body: { code } });
  });

  it('is for those who may register consents, and knows no picture of others', async () => {
    expect(await post(story.creator, [line(one, 'Ada')])).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await post(story.auditor, [line(one, 'Ada')])).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });
});
