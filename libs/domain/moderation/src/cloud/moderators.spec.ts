import { Fault, type TenantId } from '@imprimatur/kernel';
import { contentRefused, moderatorUnavailable, moderatorWrong } from './moderator.faults';
import type { EngineVerdict, Moderator, Said, SentContent } from './moderator.types';
import { Moderators, type ModeratorsOptions } from './moderators';

const [HERE, ELSEWHERE] = ['here', 'elsewhere'] as unknown as [TenantId, TenantId];
const SAID: Said = { model: 'm', classes: [{ class: 'hate.content', score: 700, raw: 'Hate 0.7' }], unmapped: [] };
const PROMPT = { kind: 'prompt', text: 'crop' } as const;
const PICTURE = { kind: 'picture', bytes: Uint8Array.of(1) } as const;
type Answer = Said | Error | 'never';

class Engine implements Moderator {
  readonly asked: SentContent[] = [];
  constructor(
    readonly name: string,
    private readonly answers: Answer[] = [],
    readonly judges: Moderator['judges'] = ['prompt', 'picture'],
    readonly version = '1',
  ) {}
  async judge(content: SentContent): Promise<Said> {
    this.asked.push(content);
    const answer = this.answers.shift() ?? SAID;
    if (answer === 'never') return new Promise(() => undefined);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

describe('the moderators', () => {
  let now = 0;
  let reported: string[] = [];
  beforeEach(() => {
    now = 0;
    reported = [];
  });
  const of = (moderators: readonly Moderator[], more: Partial<ModeratorsOptions> = {}): Moderators =>
    new Moderators({
      moderators,
      timeoutMs: 2_000,
      toJpeg: async (bytes) => Uint8Array.of(0xff, ...bytes),
      clock: { now: () => new Date(now) },
      report: (error, engine) => reported.push(`${engine} ${(error as Fault).code}`),
      waitMs: 1,
      ...more,
    });
  const down = (): Fault => moderatorUnavailable('a', 'is down');

  it('are nobody where none is configured: nothing is made ready to be sent', async () => {
    const toJpeg = jest.fn();
    expect(await of([], { toJpeg }).judge(HERE, PICTURE)).toEqual({ verdicts: [], silent: [] });
    expect(toJpeg).not.toHaveBeenCalled();
  });

  it('judge beside each other, each what it can', async () => {
    const [texts, pictures] = [new Engine('a', [], ['prompt']), new Engine('b', [], ['picture'])];
    const { verdicts, silent } = await of([texts, pictures]).judge(HERE, PICTURE);
    expect(verdicts).toEqual([{ engine: 'b', version: '1', ...SAID }]);
    expect(silent).toEqual([]);
    expect(pictures.asked).toEqual([{ kind: 'picture', jpeg: Uint8Array.of(0xff, 1) }]);
    expect(texts.asked).toEqual([]);
  });

  it('are asked once for the same content of one tenant, also at the same time, and again for another tenant', async () => {
    const engine = new Engine('a');
    const moderators = of([engine]);
    await Promise.all([moderators.judge(HERE, PROMPT), moderators.judge(HERE, PROMPT)]);
    await moderators.judge(HERE, PROMPT);
    expect(engine.asked).toHaveLength(1);
    await moderators.judge(ELSEWHERE, PROMPT);
    await moderators.judge(HERE, { kind: 'prompt', text: 'crop!' });
    expect(engine.asked).toHaveLength(3);
  });

  it('are not asked for what is kept with the picture, unless another version said it', async () => {
    const engine = new Engine('a');
    const kept: EngineVerdict = { engine: 'a', version: '1', model: 'then', classes: [], unmapped: [] };
    expect((await of([engine]).judge(HERE, PICTURE, [kept])).verdicts).toEqual([kept]);
    expect(engine.asked).toEqual([]);
    const { verdicts } = await of([engine]).judge(HERE, PICTURE, [
      { ...kept, version: '0' },
      { ...kept, engine: 'b' },
    ]);
    expect(verdicts).toMatchObject([{ model: 'm' }]);
  });

  it('are tried a second time when they were away, and are silent after that', async () => {
    const [once, twice] = [new Engine('a', [down()]), new Engine('b', [down(), down()])];
    const { verdicts, silent } = await of([once, twice]).judge(HERE, PROMPT);
    expect(verdicts.map(({ engine }) => engine)).toEqual(['a']);
    expect(silent).toEqual([{ engine: 'b', code: 'MODERATOR_UNAVAILABLE' }]);
    expect(reported).toEqual(['b MODERATOR_UNAVAILABLE']);
  });

  it('that are wrong are not tried again, and their silence is not kept', async () => {
    const engine = new Engine('a', [moderatorWrong('a', 'is wrong')]);
    const moderators = of([engine]);
    expect((await moderators.judge(HERE, PROMPT)).silent).toEqual([{ engine: 'a', code: 'MODERATOR_WRONG' }]);
    expect(engine.asked).toHaveLength(1);
    expect((await moderators.judge(HERE, PROMPT)).silent).toEqual([]);
  });

  it('that do not answer in time are silent, and nobody waits longer', async () => {
    const { verdicts, silent } = await of([new Engine('a', ['never']), new Engine('b')], { timeoutMs: 50 }).judge(HERE, PROMPT);
    expect(silent).toEqual([{ engine: 'a', code: 'MODERATOR_UNAVAILABLE' }]);
    expect(verdicts.map(({ engine }) => engine)).toEqual(['b']);
  });

  it('that throw what is no fault are silent too', async () => {
    expect((await of([new Engine('a', [new TypeError('bug')])]).judge(HERE, PROMPT)).silent).toEqual([{ engine: 'a', code: 'UNEXPECTED' }]);
  });

  it('are silent about a picture that cannot be made ready, which is not their failure', async () => {
    const engine = new Engine('a');
    const broken = async (): Promise<Uint8Array> => {
      throw new Fault({ room: 'images', code: 'PICTURE_NOT_DECODABLE', message: 'no' });
    };
    const moderators = of([engine], { toJpeg: broken, breaker: { failuresMax: 1 } });
    expect((await moderators.judge(HERE, PICTURE)).silent).toEqual([{ engine: 'a', code: 'PICTURE_NOT_DECODABLE' }]);
    expect((await moderators.judge(HERE, PROMPT)).silent).toEqual([]);
  });

  it('are left alone after failing too often, and come back when a probe succeeds', async () => {
    const engine = new Engine('a', [moderatorWrong('a', 'x'), moderatorWrong('a', 'y')]);
    const moderators = of([engine], { breaker: { failuresMax: 2, openMs: 1_000 } });
    await moderators.judge(HERE, PROMPT);
    await moderators.judge(HERE, PROMPT);
    expect((await moderators.judge(HERE, PROMPT)).silent).toEqual([{ engine: 'a', code: 'MODERATOR_CIRCUIT_OPEN' }]);
    expect(engine.asked).toHaveLength(2);
    now = 1_000;
    expect((await moderators.judge(HERE, PROMPT)).silent).toEqual([]);
    expect((await moderators.judge(ELSEWHERE, PROMPT)).silent).toEqual([]);
  });

  it('that do not judge one picture are not taken for broken', async () => {
    const refusals = [1, 2, 3].map(() => contentRefused('a', 'no'));
    const moderators = of([new Engine('a', refusals)], { breaker: { failuresMax: 2 } });
    for (const text of ['1', '2', '3'])
      expect((await moderators.judge(HERE, { kind: 'prompt', text })).silent).toEqual([{ engine: 'a', code: 'MODERATOR_CONTENT_REFUSED' }]);
    expect((await moderators.judge(HERE, { kind: 'prompt', text: '4' })).silent).toEqual([]);
  });
});
