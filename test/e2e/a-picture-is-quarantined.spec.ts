import sharp from 'sharp';
import { type Person, type Refused, TestService, until } from '../support/service';
import { DRAFT, type Item, Story } from '../support/story';

interface Case {
  readonly id: string;
  readonly state: string;
  readonly ground: string;
  readonly handlers: readonly string[];
  readonly preservedUntil: string | null;
  readonly versions: readonly { readonly id: string; readonly imageUrl: string }[];
  readonly complaints: readonly { readonly statement: string | null; readonly contact: string | null }[];
}

type Answer = Refused | { readonly __typename: string; readonly case: Case };

const FIELDS = 'id state ground handlers preservedUntil versions { id imageUrl } complaints { statement contact }';
const COMPLAINT = { statement: 'That is me, and I did not agree.', name: 'Nora Q.', contact: 'nora@example.org', isGoodFaith: true };
let keys = 0;

async function run(person: Person, operation: string, input: Record<string, unknown>): Promise<Answer> {
  const type = operation[0]?.toUpperCase() + operation.slice(1);
  const answer = await person.graphql<Record<string, Answer>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) {
       __typename ... on ${type}Success { case { ${FIELDS} } } ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: `case-${(keys += 1)}`, ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

const codeOf = (answer: Answer): string => ('code' in answer ? answer.code : answer.__typename);
const caseOf = (answer: Answer): Case => {
  if (!('case' in answer)) throw new Error(JSON.stringify(answer));
  return answer.case;
};
const rulesOf = ({ verdicts }: Item): readonly string[] => verdicts.flatMap(({ findings }) => findings.map(({ rule }) => rule));

describe('a picture is quarantined', () => {
  let service: TestService;
  let story: Story;
  let handlers: readonly string[];
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    const subjectOf = async (person: Person): Promise<string> =>
      (await person.graphql<{ viewer: { id: string } }>('{ viewer { id } }')).viewer.id;
    handlers = [await subjectOf(story.approver), await subjectOf(story.legal)];
  }, 120_000);
  afterAll(() => service?.close());

  async function blockAt(column: number, row: number): Promise<{ input: Buffer; left: number; top: number }> {
    const input = await sharp({ create: { width: 80, height: 80, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    return { input, left: column * 80, top: row * 80 };
  }

  /** A picture of its own, released and exported. */
  async function published(seed: number): Promise<{ bytes: Buffer; asset: string; item: Item; version: string; exported: string }> {
    const bytes = await sharp({ create: { width: 320, height: 320, channels: 3, background: '#234' } })
      .composite(await Promise.all([0, 1, 2, 3].map((row) => blockAt((seed * (row + 1)) % 4, row))))
      .png()
      .toBuffer();
    const asset = await story.upload(bytes);
    await story.screened(asset);
    const { turn } = await story.edit(asset, 'brighten by 10%');
    await story.approve(await story.settled(turn));
    const item = await story.settled(turn, ['RELEASED']);
    const version = item.resultVersion?.id ?? '';
    const begun = await story.startExport(version);
    if (begun.__typename === 'Refused') throw new Error(JSON.stringify(begun));
    expect((await story.exported(begun.export.id)).state).toBe('DONE');
    return { bytes, asset, item, version, exported: begun.export.id };
  }

  const statusOf = async (exported: string): Promise<string> =>
    ((await (await fetch(`${service.url}/exports/${exported}/status`)).json()) as { status: string }).status;
  const codeAt = async (person: Person, path: string): Promise<[number, string]> => {
    const response = await person.get(path);
    return [response.status, response.ok ? '' : ((await response.json()) as { code: string }).code];
  };
  const read = async (id: string): Promise<Case> =>
    (await story.legal.graphql<{ quarantineCase: Case }>(`{ quarantineCase(id: "${id}") { ${FIELDS} } }`)).quarantineCase;
  const complain = async (exported: string, body: object): Promise<Response> =>
    fetch(`${service.url}/exports/${exported}/complaints`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const openCase = async (): Promise<Case> => {
    const { quarantineCases } = await story.legal.graphql<{ quarantineCases: { edges: { node: Case }[] } }>(
      `{ quarantineCases(first: 1) { edges { node { ${FIELDS} } } } }`,
    );
    const [first] = quarantineCases.edges;
    if (!first) throw new Error('there is a case');
    return first.node;
  };

  it('by a member: nobody but two named people sees it, until both let it go', async () => {
    const { bytes, asset, item, version, exported } = await published(1);
    const wish = { version, ground: 'PRIVACY', reason: 'Shows a badge.', handlers };
    expect(codeOf(await run(story.creator, 'quarantineVersion', wish))).toBe('FORBIDDEN');
    expect(codeOf(await run(story.approver, 'quarantineVersion', { ...wish, handlers: [handlers[0], handlers[0]] }))).toBe('CASE_INVALID');
    const own = (await story.creator.graphql<{ viewer: { id: string } }>('{ viewer { id } }')).viewer.id;
    expect(codeOf(await run(story.approver, 'quarantineVersion', { ...wish, handlers: [own, handlers[1]] }))).toBe('HANDLERS_INVALID');

    const both = await Promise.all([1, 2].map(() => run(story.approver, 'quarantineVersion', wish)));
    expect(both.map(codeOf).sort()).toEqual(['CASE_EXISTS', 'QuarantineVersionSuccess']);
    const opened = caseOf(both.find((each) => 'case' in each) ?? (both[0] as Answer));
    expect([opened.state, opened.versions.length]).toEqual(['QUARANTINED', 2]);

    for (const kind of ['image', 'thumbnail'])
      for (const person of [story.creator, story.legal, story.auditor])
        expect(await codeAt(person, `/versions/${version}/${kind}`)).toEqual([422, 'VERSION_QUARANTINED']);
    expect(await codeAt(story.creator, `/exports/${exported}/file`)).toEqual([422, 'VERSION_QUARANTINED']);
    expect(await statusOf(exported)).toBe('flagged');
    expect((await story.item(await turnOf(item))).state).toBe('BLOCKED');
    const copy = await story.upload(await sharp(bytes).resize(160, 160, { kernel: 'nearest' }).png().toBuffer());
    await story.screened(copy);
    expect(rulesOf((await story.edit(copy, 'brighten by 10%', DRAFT)).item)).toEqual(['moderation.known.refuse']);

    const image = opened.versions[0]?.imageUrl ?? '';
    expect((await codeAt(story.creator, image))[0]).toBe(403);
    expect((await codeAt(story.auditor, image))[0]).toBe(403);
    expect((await story.legal.get(image)).headers.get('content-type')).toBe('image/png');
    expect(await eventsOf(opened.id)).toEqual(['case.opened', 'case.named', 'case.quarantined', 'case.viewed']);

    const end = { case: opened.id };
    expect(codeOf(await run(story.legal, 'confirmCaseEnd', end))).toBe('CASE_NOT_OPEN');
    expect(codeOf(await run(story.legal, 'proposeCaseEnd', { ...end, outcome: 'RESTORE', reason: 'The badge is a prop.' }))).toBe(
      'ProposeCaseEndSuccess',
    );
    expect(codeOf(await run(story.legal, 'confirmCaseEnd', end))).toBe('CASE_NEEDS_ANOTHER');
    const confirmed = await Promise.all([1, 2].map(() => run(story.approver, 'confirmCaseEnd', end)));
    expect(confirmed.map(codeOf).sort()).toEqual(['CASE_NOT_OPEN', 'ConfirmCaseEndSuccess']);
    expect((await read(opened.id)).state).toBe('RESTORED');
    expect(await statusOf(exported)).toBe('valid');
    expect((await story.creator.get(`/versions/${version}/image`)).status).toBe(200);
    expect((await story.edit(asset, 'brighten by 5%')).item.state).toBe('HELD');
  }, 120_000);

  const turnOf = async (item: Item): Promise<string> => {
    const { node } = await story.creator.graphql<{ node: { turn: { id: string } } }>(
      `{ node(id: "${item.id}") { ... on TurnItem { turn { id } } } }`,
    );
    return node.turn.id;
  };
  const eventsOf = async (id: string): Promise<readonly string[]> => {
    const rows = await service.database.asAdmin<{ type: string }>(
      `select e.type from ledger_about a join ledger_entry e on e.tenant = a.tenant and e.id = a.entry where a.kind = 'case' and a.about = $1 order by a.position`,
      [id.replace('case_', '')],
    );
    return rows.map(({ type }) => type).filter((type) => type.startsWith('case.'));
  };

  it('after a complaint that nobody answered, and is destroyed by two', async () => {
    const { asset, version, exported } = await published(2);
    const form = await fetch(`${service.url}/exports/${exported}/complaint`);
    expect([form.status, await form.text()]).toEqual([200, expect.stringContaining(`action="/exports/${exported}/complaints"`)]);
    expect((await fetch(`${service.url}/exports/export_00000000-0000-7000-8000-000000000000/complaint`)).status).toBe(404);
    for (const wrong of [{ ground: 'bad' }, { ground: 'privacy', isGoodFaith: false }, { ground: 'privacy', statement: '' }])
      expect((await complain(exported, { ...COMPLAINT, ...wrong })).status).toBe(422);

    const sent = await complain(exported, { ...COMPLAINT, ground: 'intimate-image' });
    expect([sent.status, await sent.json()]).toEqual([202, { complaint: { export: exported, dueAt: expect.any(String) as string } }]);
    const opened = await openCase();
    expect(opened).toMatchObject({ state: 'OPEN', ground: 'INTIMATE_IMAGE', handlers: [] });
    expect(opened.complaints).toEqual([{ statement: COMPLAINT.statement, contact: COMPLAINT.contact }]);
    expect((await story.creator.get(`/versions/${version}/image`)).status).toBe(200);

    // 48 hours later
    await service.database.asAdmin(`update job set run_at = now() where kind = 'case-clock'`);
    await until(
      () => read(opened.id),
      ({ state }) => state === 'QUARANTINED',
    );
    expect((await codeAt(story.creator, `/versions/${version}/image`))[1]).toBe('VERSION_QUARANTINED');

    const destroy = { case: opened.id, outcome: 'DESTROY', reason: 'She is right.' };
    expect(codeOf(await run(story.legal, 'proposeCaseEnd', destroy))).toBe('NOT_OF_CASE');
    expect(codeOf(await run(story.approver, 'nameCaseHandlers', { case: opened.id, handlers }))).toBe('FORBIDDEN');
    expect(codeOf(await run(story.legal, 'nameCaseHandlers', { case: opened.id, handlers }))).toBe('NameCaseHandlersSuccess');
    expect(codeOf(await run(story.legal, 'proposeCaseEnd', destroy))).toBe('ProposeCaseEndSuccess');
    expect(codeOf(await run(story.approver, 'confirmCaseEnd', { case: opened.id }))).toBe('ConfirmCaseEndSuccess');
    expect(await statusOf(exported)).toBe('withdrawn');
    const rows = await service.database.asAdmin<{ erased: boolean }>(
      `select b.erased_at is not null as erased from version v join blob b on b.tenant = v.tenant and b.id = v.blob where v.asset = $1`,
      [asset.replace('asset_', '')],
    );
    expect(rows).toEqual([{ erased: true }, { erased: true }]);
    expect((await eventsOf(opened.id)).at(-1)).toBe('case.ended');
    expect((await codeAt(story.creator, `/exports/${exported}/file`))[0]).toBe(422);
  }, 120_000);

  it('at once where a child is in danger, and is kept as long as the law asks', async () => {
    const { exported } = await published(3);
    expect((await complain(exported, { ...COMPLAINT, ground: 'other' })).status).toBe(202);
    expect((await openCase()).state).toBe('OPEN');
    expect((await complain(exported, { ...COMPLAINT, ground: 'child-safety' })).status).toBe(202);
    const found = await until(openCase, ({ state }) => state === 'QUARANTINED');
    expect([found.ground, found.complaints.length]).toEqual(['CHILD_SAFETY', 2]);
    expect(new Date(found.preservedUntil ?? 0).getTime() - Date.now()).toBeGreaterThan(364 * 86_400_000);
    await run(story.legal, 'nameCaseHandlers', { case: found.id, handlers });
    expect(codeOf(await run(story.legal, 'proposeCaseEnd', { case: found.id, outcome: 'DESTROY', reason: 'r' }))).toBe('CASE_PRESERVED');
  }, 120_000);
});
