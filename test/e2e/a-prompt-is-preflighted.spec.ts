import sharp from 'sharp';
import { type Refused, TestService } from '../support/service';
import { DRAFT, type Item, PORTRAIT, type Purpose, Story } from '../support/story';

interface Preflight {
  readonly __typename: 'Preflight';
  readonly items: readonly {
    readonly asset: { readonly id: string };
    readonly outcome: string;
    readonly verdicts: Item['verdicts'];
    readonly operations: readonly { readonly op: string }[];
    readonly question: string | null;
    readonly isScreened: boolean;
  }[];
}

const QUERY = `query($input: PreflightInput!) { preflight(input: $input) { __typename
  ... on Preflight { items { asset { id } outcome verdicts { gate outcome findings { rule reason met } } operations question isScreened } }
  ... on Refused { code message remedy } } }`;

describe('a prompt is preflighted', () => {
  let service: TestService;
  let story: Story;
  let portrait: string;
  let plain: string;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    portrait = await story.upload(PORTRAIT, 'portrait.jpg');
    plain = await story.upload(
      await sharp({ create: { width: 320, height: 240, channels: 3, background: '#4a7' } })
        .jpeg()
        .toBuffer(),
    );
    await story.screened(portrait);
    await story.screened(plain);
  }, 120_000);
  afterAll(() => service?.close());

  const ask = async (session: string, prompt: string, assets: readonly string[], more: object = {}): Promise<Preflight | Refused> => {
    const input = { session, prompt, targets: assets.map((asset) => ({ asset })), ...more };
    return (await story.creator.graphql<{ preflight: Preflight | Refused }>(QUERY, { input })).preflight;
  };
  const asked = async (...args: Parameters<typeof ask>): Promise<Preflight['items']> => {
    const answer = await ask(...args);
    if (answer.__typename === 'Refused') throw new Error(JSON.stringify(answer));
    return answer.items;
  };
  /** How many rows every table has but those that worker and sequencer fill beside us: what a preflight leaves behind would be more of them. */
  const rows = async (): Promise<Record<string, number>> => {
    const tables = await service.database.asAdmin<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
         and relname not in ('rate_limit', 'job', 'ledger_checkpoint', 'ledger_leaf', 'ledger_pending', 'ledger_node', 'ledger_anchor')`,
    );
    const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int as count from "${name}"`);
    const found = await service.database.asAdmin<{ name: string; count: number }>(counts.join(' union all '));
    return Object.fromEntries(found.map(({ name, count }) => [name, count]));
  };

  it('together with the prompts before it: what was cut into slices is held', async () => {
    const asset = await story.upload(
      await sharp({ create: { width: 320, height: 240, channels: 3, background: '#74a' } })
        .jpeg()
        .toBuffer(),
    );
    await story.screened(asset);
    const session = await story.session([asset], DRAFT);
    const [first, second] = ['add the text "fake"', 'add the text "passport"'];
    expect((await story.settled(await story.submit(session, asset, first))).state).toBe('RELEASED');
    const [foreseen] = await asked(session, second, [asset]);
    const item = await story.settled(await story.submit(session, asset, second));
    for (const [state, verdicts] of [
      [foreseen?.outcome === 'HOLD' ? 'HELD_BEFORE' : foreseen?.outcome, foreseen?.verdicts],
      [item.state, item.verdicts],
    ] as const) {
      expect(state).toBe('HELD_BEFORE');
      expect(verdicts?.flatMap(({ findings }) => findings.map(({ rule }) => rule))).toEqual(['usage.joined-prompts.hold']);
    }
    // on another picture the second prompt says nothing
    expect((await asked(await story.session([plain], DRAFT), second, [plain]))[0]?.outcome).toBe('PASS');
  });

  it('with the answer that the turn then gets, before anything is rendered', async () => {
    const cases: readonly { prompt: string; asset: string; purpose: Purpose; outcome: string }[] = [
      { prompt: 'brighten the picture by 12%', asset: plain, purpose: DRAFT, outcome: 'PASS' },
      { prompt: 'remove the watermark', asset: plain, purpose: DRAFT, outcome: 'REFUSE' },
      { prompt: 'entferne das Wasserzeichen', asset: plain, purpose: DRAFT, outcome: 'HOLD' },
      { prompt: 'brighten the picture by 12%', asset: portrait, purpose: { useCase: 'editorial', channel: 'social' }, outcome: 'REFUSE' },
      { prompt: 'brighten the picture by 12%', asset: plain, purpose: { useCase: 'no-such-case', channel: 'internal' }, outcome: 'REFUSE' },
    ];
    for (const { prompt, asset, purpose, outcome } of cases) {
      const session = await story.session([asset], purpose);
      const [foreseen] = await asked(session, prompt, [asset]);
      const item = await story.settled(await story.submit(session, asset, prompt));
      expect({ prompt, outcome: foreseen?.outcome }).toEqual({ prompt, outcome });
      expect(foreseen?.isScreened).toBe(true);
      // the gates after rendering come behind those before it
      expect(item.verdicts.slice(0, foreseen?.verdicts.length)).toEqual(foreseen?.verdicts);
      if (outcome === 'REFUSE') expect(item.state).toBe('REFUSED');
    }
  }, 60_000);

  it('for each picture of its own', async () => {
    const session = await story.session([portrait, plain], { useCase: 'editorial', channel: 'social' });
    const items = await asked(session, 'brighten the picture by 12%', [plain, portrait]);
    expect(items.map(({ asset, outcome }) => [asset.id, outcome])).toEqual([
      [plain, 'PASS'],
      [portrait, 'REFUSE'],
    ]);
    expect(items[1]?.verdicts.flatMap(({ findings }) => findings.map(({ rule }) => rule))).toContain('consent.faces');
  });

  it('and says what would be asked, and what no provider can do', async () => {
    const session = await story.session([plain], DRAFT);
    const [unclear] = await asked(session, 'make it better', [plain]);
    const [impossible] = await asked(session, 'replace the background with a beach in Brazil', [plain]);
    expect(unclear).toMatchObject({ outcome: 'PASS', question: expect.stringMatching(/\?/) as unknown });
    expect(impossible).toMatchObject({ outcome: 'REFUSE', question: null });
    expect(impossible?.verdicts.at(-1)).toMatchObject({ gate: 'provider', outcome: 'REFUSE' });
  });

  it('and leaves nothing behind', async () => {
    const session = await story.session([plain], DRAFT);
    const before = await rows();
    await asked(session, 'brighten the picture by 12%', [plain], { masks: [{ asset: plain, box: box(100) }] });
    await asked(session, 'remove the watermark', [plain]);
    expect(await rows()).toEqual(before);
  });

  it('refused as submitting would be', async () => {
    const session = await story.session([plain], DRAFT);
    const codes = await Promise.all([
      ask(session, '', [plain]),
      ask(session, 'brighten', []),
      ask(session, 'brighten', [portrait]),
      ask('session_0', 'brighten', [plain]),
      ask(session, 'brighten', [plain], { masks: [{ asset: plain, box: box(0) }] }),
      ask(session, 'brighten', [plain], { masks: [{ asset: portrait, box: box(100) }] }),
    ]);
    expect(codes.map((answer) => (answer.__typename === 'Refused' ? answer.code : 'answered'))).toEqual([
      'PROMPT_EMPTY',
      'TARGETS_EMPTY',
      'NOT_FOUND',
      'NOT_FOUND',
      'MASK_INVALID',
      'MASK_WITHOUT_TARGET',
    ]);
    const answer = await story.auditor.post(QUERY, { input: { session, prompt: 'brighten', targets: [] } });
    expect(JSON.stringify(answer)).toContain('FORBIDDEN');
  });

  it('without a word about a picture that nobody has looked at yet', async () => {
    await service.stopApp('worker');
    const fresh = await story.upload(PORTRAIT, 'again.jpg');
    const session = await story.session([fresh], { useCase: 'editorial', channel: 'social' });
    const [item] = await asked(session, 'brighten the picture by 12%', [fresh]);
    expect(item).toMatchObject({ isScreened: false, verdicts: [{ gate: 'usage', outcome: 'PASS' }] });
  }, 60_000);
});

const box = (width: number): object => ({ left: 100, top: 100, width, height: 200 });
