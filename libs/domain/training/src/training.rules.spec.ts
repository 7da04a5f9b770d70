import { hash } from 'node:crypto';
import type { TrainingModule } from '@imprimatur/formats/policy';
import { answersRefusal, grade, paceRefusal, putQuestions, standingOf, validUntil } from './training.rules';
import type { TrainingAnswer, TrainingPass } from './training.types';

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');
const choices = ['a', 'b', 'c'].map((id) => ({ id, text: `choice ${id}` }));
const MODULE: TrainingModule = {
  id: 'consent',
  title: 'Consent',
  text: 'Ask first.',
  useCases: [],
  questions: Array.from({ length: 6 }, (_, at) => ({ id: `q${at}`, text: '?', choices, right: at === 0 ? ['a', 'c'] : ['b'] })),
  passMark: 5,
  validDays: 365,
  attemptsPerDay: 2,
};
const RIGHT: readonly TrainingAnswer[] = MODULE.questions.map(({ id, right }) => ({ question: id, choices: right }));
const withAnswer = (at: number, ...chosen: string[]): TrainingAnswer[] =>
  RIGHT.map((answer, index) => (index === at ? { ...answer, choices: chosen } : answer));

describe('questions as they are put', () => {
  it('never say what is right, and hold every question and choice once', () => {
    const put = putQuestions(MODULE, 'seed', sha256);
    expect(JSON.stringify(put)).not.toContain('"right"');
    expect(put.map(({ id }) => id).sort()).toEqual(MODULE.questions.map(({ id }) => id));
    expect(
      put.every(
        (question) =>
          question.choices
            .map(({ id }) => id)
            .sort()
            .join() === 'a,b,c',
      ),
    ).toBe(true);
    expect(put.filter(({ isMultiple }) => isMultiple).map(({ id }) => id)).toEqual(['q0']);
  });

  it('stand in the order of their seed, again and again', () => {
    const orderOf = (seed: string): string => JSON.stringify(putQuestions(MODULE, seed, sha256));
    expect(orderOf('one')).toBe(orderOf('one'));
    expect(new Set(['one', 'two', 'three', 'four'].map(orderOf)).size).toBe(4);
  });
});

describe('a grade', () => {
  it.each([
    ['everything right', RIGHT, { right: 6, passed: true }],
    ['one wrong, as many as the mark', withAnswer(3, 'a'), { right: 5, passed: true }],
    ['one of two right choices', withAnswer(0, 'a'), { right: 5, passed: true }],
    ['every choice of a question', withAnswer(0, 'a', 'b', 'c'), { right: 5, passed: true }],
    ['a right choice given twice', withAnswer(1, 'b', 'b'), { right: 6, passed: true }],
    ['one below the mark', withAnswer(3, 'a').slice(1), { right: 4, passed: false }],
    ['nothing answered', [], { right: 0, passed: false }],
  ])('counts %s', (_, answers, mark) => expect(grade(MODULE, answers)).toEqual({ ...mark, asked: 6 }));

  it.each([
    ['a question that was not put', [{ question: 'q9', choices: ['a'] }]],
    ['a question twice', [...RIGHT, { question: 'q1', choices: ['a'] }]],
    ['a choice that is none', withAnswer(2, 'z')],
  ])('is not made of %s', (_, answers) => expect(answersRefusal(MODULE, answers)?.code).toBe('TRAINING_ANSWERS_INVALID'));

  it('is made of fewer answers', () => expect(answersRefusal(MODULE, RIGHT.slice(2))).toBeNull());
});

describe('guessing', () => {
  const at = (hour: number): Date => new Date(Date.UTC(2026, 2, 1, hour));
  it('has its limit, and says when it ends', () => {
    expect(paceRefusal(MODULE, [])).toBeNull();
    expect(paceRefusal(MODULE, [at(8)])).toBeNull();
    expect(paceRefusal(MODULE, [at(8), at(9)])).toMatchObject({ code: 'TRAINING_TOO_OFTEN' });
    expect(paceRefusal(MODULE, [at(7), at(8), at(9)])?.remedy).toContain('2026-03-02T08:00:00.000Z');
  });
});

describe('a standing', () => {
  const NOW = new Date('2026-03-01T12:00:00Z');
  const pass = (digest: string, days: number, module = 'consent'): TrainingPass => ({
    module,
    digest,
    passedAt: new Date('2026-02-01T00:00:00Z'),
    until: new Date(NOW.getTime() + days * 86_400_000),
  });
  it.each([
    ['not-passed', []],
    ['not-passed', [pass('d', 10, 'quality')]],
    ['passed', [pass('d', 1)]],
    ['passed', [pass('old', 300), pass('d', 1)]],
    ['passed', [pass('d', -5), pass('d', 1)]],
    ['expired', [pass('d', 0)]],
    ['expired', [pass('old', 300), pass('d', -1)]],
    ['changed', [pass('old', 300)]],
    ['changed', [pass('old', -300)]],
  ])('is %s with %j', (state, passes) => expect(standingOf('consent', 'd', passes, NOW).state).toBe(state));

  it('lasts as long as the module says', () => expect(validUntil(MODULE, NOW)).toEqual(new Date('2027-03-01T12:00:00Z')));
});
