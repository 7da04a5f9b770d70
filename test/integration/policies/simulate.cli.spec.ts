import { writeFileSync } from 'node:fs';
import { answerOf, BundleCopies } from './bundle-copies';
import { specimenVariant, turn, writeSpecimen } from './policy-room';

const copies = new BundleCopies();
const [older, newer] = [
  writeSpecimen(copies.at('older'), specimenVariant('1.0.0', 60)),
  writeSpecimen(copies.at('newer'), specimenVariant('1.1.0', 5)),
];
afterAll(() => copies.remove());

const line = (id: string, day: number, turnsLastHour: number): string =>
  JSON.stringify({ id, at: `2026-03-0${day}T00:00:00.000Z`, asked: turn({ turnsLastHour }) });

function file(name: string, ...lines: readonly string[]): string {
  writeFileSync(copies.at(name), `${lines.join('\n')}\n`);
  return copies.at(name);
}

describe('policy simulate', () => {
  const questions = file(
    'questions.ndjson',
    ...[line('item_a', 1, 3), line('item_b', 2, 5), line('item_c', 3, 60)],
    JSON.stringify({ id: 'item_d', at: '2026-03-04T00:00:00.000Z', asked: null }),
    JSON.stringify({ end: true, questions: 4 }),
  );

  it('tells what would come out otherwise, by which rules, with examples', () => {
    const run = copies.policy('simulate', older, newer, '--questions', questions);
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toBe(
      [
        'EditTurn: pass -> throttle: 1',
        '    +usage.rate: 1',
        '    such as item_b',
        'specimen 1.0.0 -> specimen 1.1.0: 1 of 4 questions would come out otherwise, 1 of them could not be asked.',
        'reviews a day: 0 -> 0',
        '',
      ].join('\n'),
    );
    const told = answerOf(copies.policy('simulate', older, newer, '--questions', questions, '--json'));
    expect(told).toMatchObject({ outcome: 'done', questions: 4, notComparable: 1, reviewsPerDay: { from: 0, to: 0 } });
    expect(told['cells']).toContainEqual({
      ...{ question: 'EditTurn', from: 'pass', to: 'throttle', count: 1 },
      ...{ examples: ['item_b'], rules: { '+usage.rate': 1 } },
    });
  });

  it('says where a file is none, or was cut short', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [file('words.ndjson', line('item_a', 1, 3), 'words'), /words\.ndjson:2: no question/],
      [file('short.ndjson', line('item_a', 1, 3), JSON.stringify({ end: true, questions: 2 })), /2 questions were sent, and 1 are in it/],
      [copies.at('absent.ndjson'), /absent\.ndjson/],
    ];
    for (const [path, words] of cases) {
      const run = copies.policy('simulate', older, newer, '--questions', path);
      expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(words)]);
    }
  });
});
