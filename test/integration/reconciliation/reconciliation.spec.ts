import { randomBytes } from 'node:crypto';
import type { Finding } from '@imprimatur/domain/providers';
import { newId } from '@imprimatur/kernel';
import { codeOf, valueOf } from '../assets/rooms';
import { type Desk, openDesk } from './bill';

const HEAD = 'time,response_id,model,input_tokens,output_tokens,cost,project';
const bill = (...rows: string[]): string => [HEAD, ...rows, ''].join('\n');
const usage = (input: number, output: number) => ({ promptTokenCount: input, candidatesTokenCount: output });
const brief = (all: readonly Finding[]) => all.map(({ kind, line, problem, attempt, basis }) => ({ kind, line, problem, attempt, basis }));

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

describe('a bill beside the calls of a tenant', () => {
  it('lists what explains each row, what nothing explains, and what it does not show', async () => {
    const { id, legal } = await desk.tenant();
    const [byId, byTime, missing, twinA, twinB] = await desk.calls(id, [
      { began: '2026-03-01T12:00:00Z', responseId: 'r-1', usage: usage(10, 20) },
      {
        began: '2026-03-01T13:00:00Z',
        ended: '2026-03-01T13:05:00Z',
        usage: { promptTokenCount: 30, candidatesTokenCount: 35, thoughtsTokenCount: 5 },
      },
      { began: '2026-03-01T14:00:00Z', responseId: 'r-3', usage: usage(1, 1) },
      { began: '2026-03-01T15:00:00Z', usage: usage(7, 7) },
      { began: '2026-03-01T15:00:30Z', usage: usage(7, 7) },
      // neither of the period nor of the provider
      { began: '2026-02-01T12:00:00Z', usage: usage(50, 60) },
      { began: '2026-03-01T16:00:00Z', usage: usage(50, 60), provider: 'local' },
    ]);
    const imported = valueOf(
      await desk.import(
        legal,
        bill(
          '2026-03-01T20:00:00Z,r-1,nano,10,20,0.01,studio', // far off in time: the id decides
          '2026-03-01T13:06:30Z,,nano,30,40,0.02,studio',
          '2026-03-01T15:00:10Z,,nano,7,7,0.03,studio', // two calls it could be
          '2026-03-01T16:00:00Z,,nano,50,60,0.04,elsewhere', // went past us
          '2026-03-01T12:00:00Z,r-1,nano,10,20,0.01,studio', // billed twice
          '2026-03-01T14:00:00Z,r-9,nano,1,1,0.01,studio', // another response at the same time
          'soon,,nano,1,1,0.01,studio',
        ),
      ),
    );
    expect(imported.counts).toEqual({ rows: 7, explained: 2, ambiguous: 1, unexplained: 3, missingFromBill: 1, unreadable: 1 });
    expect(brief(await desk.findings(legal, imported))).toEqual([
      { kind: 'explained', line: 2, problem: null, attempt: byId, basis: 'response-id' },
      { kind: 'explained', line: 3, problem: null, attempt: byTime, basis: 'time-and-tokens' },
      { kind: 'ambiguous', line: 4, problem: null, attempt: null, basis: null },
      { kind: 'unexplained', line: 5, problem: null, attempt: null, basis: null },
      { kind: 'unexplained', line: 6, problem: 'BILLED_TWICE', attempt: null, basis: null },
      { kind: 'unexplained', line: 7, problem: null, attempt: null, basis: null },
      { kind: 'unreadable', line: 8, problem: 'TIME_UNREADABLE', attempt: null, basis: null },
      { kind: 'missing-from-bill', line: null, problem: null, attempt: missing, basis: null },
    ]);
    const [unexplained] = await desk.findings(legal, imported, 'unexplained');
    expect(unexplained?.call).toEqual({
      at: new Date('2026-03-01T16:00:00Z'),
      responseId: null,
      model: 'nano',
      inputTokens: 50,
      outputTokens: 60,
      cost: '0.04',
      project: 'elsewhere',
    });
    expect([twinA, twinB]).not.toContain(undefined);
  });

  it('writes one event with counts, and the file’s digest as a commitment only', async () => {
    const { id, legal } = await desk.tenant();
    const csv = bill('2026-03-01T12:00:00Z,,nano,1,2,0.5,secret-project');
    const imported = valueOf(await desk.import(legal, csv));
    const [event, ...more] = await desk.rooms.entries(id, imported.id);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'reconciliation.imported',
      about: [{ kind: 'reconciliation', id: imported.id }],
      facts: { provider: 'gemini', preset: 'generic', windowSeconds: 120, rows: 1, unexplained: 1, explained: 0, missingFromBill: 0 },
      parts: { file: expect.any(String) as string },
    });
    expect(JSON.stringify(event)).not.toContain('secret-project');
  });

  it('is the same when it is imported again, also by two at once, and another with other settings', async () => {
    const { id, legal } = await desk.tenant();
    const csv = bill('2026-03-01T12:00:00Z,,nano,1,2,0.5,p');
    const twice = await Promise.all([desk.import(legal, csv), desk.import(legal, csv)]);
    const [first, second] = twice.map(valueOf);
    expect(second).toEqual(first);
    expect(valueOf(await desk.import(legal, csv))).toEqual(first);
    expect(valueOf(await desk.import(legal, csv, { windowSeconds: 60 })).id).not.toBe(first?.id);
    const events = (await desk.rooms.entries(id)).filter(({ type }) => type === 'reconciliation.imported');
    expect(events).toHaveLength(2);
  });

  it('that shows nothing lists every call of the period that is stated', async () => {
    const { id, legal } = await desk.tenant();
    const [first] = await desk.calls(id, [{ began: '2026-03-10T12:00:00Z' }, { began: '2026-04-01T00:00:01Z' }]);
    const period = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-04-01T00:00:00Z') };
    const imported = valueOf(await desk.import(legal, `${HEAD}\n`, { period }));
    expect(imported.counts).toMatchObject({ rows: 0, missingFromBill: 1 });
    expect((await desk.findings(legal, imported)).map(({ attempt }) => attempt)).toEqual([first]);
    // without a period nothing is known to be missing
    expect(valueOf(await desk.import(legal, `${HEAD}\n`)).counts.missingFromBill).toBe(0);
  });

  it('is read alike with a byte order mark, quotes, Windows’ line ends and semicolons, in a stated time zone', async () => {
    const { id, legal } = await desk.tenant();
    const [own] = await desk.calls(id, [{ began: '2026-07-01T10:00:00Z', usage: usage(3, 4) }]);
    const csv =
      '\ufeff"When";"In";"Out";"Note"\r\n"2026-07-01 12:00:30";"3";"4";"line one\r\nline two"\r\n"2026-07-01 12:00:30";"x";"4";""\r\n';
    const mapping = '{"time":"When","inputTokens":"In","outputTokens":"Out"}';
    const imported = valueOf(await desk.import(legal, csv, { mapping, timeZone: 'Europe/Berlin' }));
    expect(brief(await desk.findings(legal, imported))).toEqual([
      { kind: 'explained', line: 2, problem: null, attempt: own, basis: 'time-and-tokens' },
      { kind: 'unreadable', line: 4, problem: 'TOKENS_UNREADABLE', attempt: null, basis: null },
    ]);
    const guessed = valueOf(await desk.import(legal, csv, { mapping }));
    expect(guessed.counts).toMatchObject({ rows: 2, unreadable: 2 });
  });

  it.each([
    ['google-cloud-billing', 'usage_start_time,sku.description,cost,project.id\n2026-03-01 12:00:00 UTC,Image output,0.12,studio\n'],
    [
      'vertex-audit',
      'timestamp,protoPayload.resourceName,resource.labels.project_id\n2026-03-01T12:00:00.123456Z,projects/x/models/nano,studio\n',
    ],
    ['openai-usage', 'start_time,model,input_tokens,output_tokens,project_id\n1772366400,image-1,10,20,proj_1\n'],
  ])('of the preset %s is understood', async (mapping, csv) => {
    const { legal } = await desk.tenant();
    expect(valueOf(await desk.import(legal, csv, { mapping })).counts).toMatchObject({ rows: 1, unexplained: 1, unreadable: 0 });
  });

  it.each<[string, string | Uint8Array, object, string]>([
    ['nothing at all', '', {}, 'BILL_EMPTY'],
    ['noise', randomBytes(20_000), {}, 'BILL_BROKEN'],
    ['a quote that is not closed, after good rows', bill('2026-03-01T12:00:00Z,,n,1,1,1,p', '"2026'), {}, 'BILL_BROKEN'],
    ['other headings', 'a,b\n1,2\n', {}, 'COLUMN_UNKNOWN'],
    ['an unknown mapping', bill(), { mapping: 'mine' }, 'MAPPING_INVALID'],
    ['an unknown zone', bill(), { timeZone: 'Mars' }, 'TIME_ZONE_UNKNOWN'],
    ['no provider', bill(), { provider: '' }, 'PROVIDER_INVALID'],
    ['a window of nothing', bill(), { windowSeconds: 0 }, 'WINDOW_INVALID'],
    ['a period backwards', bill(), { period: { from: new Date(1e12), to: new Date(0) } }, 'PERIOD_INVALID'],
    ['half a period', bill(), { period: { from: new Date(NaN), to: new Date(0) } }, 'PERIOD_INVALID'],
  ])('of %s is refused, and leaves nothing', async (_name, csv, more, code) => {
    const { id, legal } = await desk.tenant();
    expect(codeOf(await desk.import(legal, csv, more))).toBe(code);
    const left = await desk.rooms.database.asAdmin(
      'select 1 from reconciliation where tenant = $1 union all select 1 from reconciliation_finding where tenant = $1',
      [id],
    );
    expect(left).toEqual([]);
  });

  it('matches 50,000 rows, and pages through them', async () => {
    const { id, legal } = await desk.tenant();
    const start = Date.UTC(2026, 2, 1);
    const at = (n: number): string => new Date(start + n * 10_000).toISOString();
    // one call in five leaves no response id; of 50,000 rows the last 100 went past us, and 50 calls are not on the bill
    const calls = Array.from({ length: 49_950 }, (_, n) => ({
      began: at(n),
      responseId: n % 5 === 0 ? null : `r-${n}`,
      usage: usage(n, n + 1),
    }));
    await desk.calls(id, calls);
    const rows = Array.from({ length: 50_000 }, (_, n) => {
      if (n >= 49_900) return `${at(n)},x-${n},nano,${n},${n + 1},0.01,elsewhere`;
      return `${at(n)},${n % 5 === 0 ? '' : `r-${n}`},nano,${n},${n + 1},0.01,studio`;
    });
    const imported = valueOf(await desk.import(legal, bill(...rows)));
    // a response id that no call has may still be a call whose answer never arrived: 10 calls of the last 50 have none
    expect(imported.counts).toEqual({ rows: 50_000, explained: 49_910, ambiguous: 0, unexplained: 90, missingFromBill: 40, unreadable: 0 });
    const unexplained = await desk.findings(legal, imported, 'unexplained');
    expect(unexplained.map(({ line }) => line)).toEqual(
      Array.from({ length: 100 }, (_, n) => 49_900 + n).flatMap((n) => (n < 49_950 && n % 5 === 0 ? [] : [n + 2])),
    );
    expect(await desk.findings(legal, imported)).toHaveLength(50_040);
  }, 120_000);

  it('stays as it was found', async () => {
    const { id, legal } = await desk.tenant();
    const imported = valueOf(await desk.import(legal, bill('2026-03-01T12:00:00Z,,nano,1,2,0.5,p')));
    for (const statement of [
      `update reconciliation set explained = 1, unexplained = 0 where id = $1`,
      `update reconciliation_finding set kind = 'ambiguous' where reconciliation = $1`,
      `insert into reconciliation_finding (tenant, reconciliation, position, kind, line) values ('${id}', $1, 9, 'unreadable', 9)`,
      `delete from reconciliation_finding where reconciliation = $1`,
      `delete from reconciliation where id = $1`,
    ]) {
      const tampering = desk.rooms.write(legal, (write) => write.manager.query(statement, [imported.id]));
      await expect(tampering).rejects.toMatchObject({ driverError: { code: '42501' } });
    }
    expect(valueOf(await desk.rooms.read(legal, (read) => desk.service.find(read, imported.id)))).toEqual(imported);
  });
});

describe('who may see it', () => {
  it.each([
    ['legal', true],
    ['auditor', true],
    ['tenant-admin', true],
    ['creator', false],
    ['approver', false],
    ['policy-admin', false],
    ['integrator', false],
    ['operator', false],
  ] as const)('%s: %s', async (role, may) => {
    const { id, legal } = await desk.tenant();
    const imported = valueOf(await desk.import(legal, bill('2026-03-01T12:00:00Z,,nano,1,2,0.5,p')));
    const who = await desk.rooms.person(id, role);
    const answers = [
      await desk.import(who, bill('2026-03-02T12:00:00Z,,nano,1,2,0.5,p')),
      await desk.rooms.read(who, (read) => desk.service.find(read, imported.id)),
      await desk.rooms.read(who, (read) => desk.service.list(read, { first: 10, after: null })),
      await desk.rooms.read(who, (read) => desk.service.findings(read, imported.id, { kind: null, first: 10, after: null })),
    ];
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.refusal.code))).toEqual(answers.map(() => (may ? 'ok' : 'FORBIDDEN')));
  });

  it('another tenant finds nothing, explains nothing, and is told nothing by the same file', async () => {
    const [one, other] = [await desk.tenant(), await desk.tenant()];
    await desk.calls(one.id, [{ began: '2026-03-01T12:00:00Z', responseId: 'r-1', usage: usage(1, 2) }]);
    const csv = bill('2026-03-01T12:00:00Z,r-1,nano,1,2,0.5,p');
    const imported = valueOf(await desk.import(one.legal, csv));
    const theirs = valueOf(await desk.import(other.legal, csv));
    expect(theirs.id).not.toBe(imported.id);
    expect([imported.counts.explained, theirs.counts.explained]).toEqual([1, 0]);
    expect(codeOf(await desk.rooms.read(other.legal, (read) => desk.service.find(read, imported.id)))).toBe('NOT_FOUND');
    expect(codeOf(await desk.rooms.read(other.legal, (read) => desk.service.find(read, newId('reconciliation'))))).toBe('NOT_FOUND');
    expect(await desk.findings(other.legal, imported)).toEqual([]);
    const listed = valueOf(await desk.rooms.read(other.legal, (read) => desk.service.list(read, { first: 10, after: null })));
    expect(listed.map(({ id }) => id)).toEqual([theirs.id]);
  });
});
