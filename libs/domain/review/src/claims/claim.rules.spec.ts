import { newId, type SubjectId } from '@imprimatur/kernel';
import {
  answersFor,
  delegateRefused,
  fullQueues,
  inPlaceOf,
  offerRefused,
  snoozeRefused,
  takeRefused,
  textRefused,
  workloadRefused,
} from './claim.rules.js';

const [ana, ben, cem, dot]: readonly SubjectId[] = [newId('subject'), newId('subject'), newId('subject'), newId('subject')];
if (!ana || !ben || !cem || !dot) throw new Error('four people');
const TERMS = {
  claimsMax: 3,
  queues: [
    { id: 'legal', claimsMax: 1 },
    { id: 'quality', claimsMax: null },
  ],
};

describe('who stands in', () => {
  it('is the first in the line of deputies who is there', () => {
    const absent = [
      { reviewer: ana, deputy: ben },
      { reviewer: ben, deputy: cem },
    ];
    expect(inPlaceOf(ana, absent)).toBe(cem);
    expect(inPlaceOf(cem, absent)).toBe(cem);
    expect(answersFor(cem, absent)).toEqual([cem, ana, ben]);
    expect(answersFor(ben, absent)).toEqual([ben]);
  });

  it('is nobody where the line ends, or turns in a circle', () => {
    expect(inPlaceOf(ana, [{ reviewer: ana, deputy: null }])).toBeNull();
    const circle = [
      { reviewer: ana, deputy: ben },
      { reviewer: ben, deputy: ana },
    ];
    expect([inPlaceOf(ana, circle), answersFor(dot, circle)]).toEqual([null, [dot]]);
  });
});

describe('a workload', () => {
  it('is limited over all queues, and in each', () => {
    expect(workloadRefused({ held: { quality: 2 } }, TERMS, 'quality')).toBeNull();
    expect(workloadRefused({ held: { quality: 3 } }, TERMS, 'quality')).toMatchObject({
      code: 'CLAIMS_FULL',
      message: expect.stringContaining('3 tasks,') as unknown,
    });
    expect(workloadRefused({ held: { legal: 1 } }, TERMS, 'legal')).toMatchObject({
      message: expect.stringContaining("of the queue 'legal'") as unknown,
    });
    expect(workloadRefused({ held: { legal: 1 } }, TERMS, null)).toBeNull();
    expect(fullQueues({ held: { legal: 1, quality: 9 } }, TERMS)).toEqual(['legal']);
  });

  it('is none for whoever is away', () => {
    const standing = {
      reviewer: ana,
      held: {},
      absentUntil: new Date('2026-03-09T00:00:00Z'),
      answersFor: [ana],
      hasManyOwn: false,
      isSeenLately: true,
    };
    expect(offerRefused(standing, TERMS, null)).toMatchObject({
      code: 'REVIEWER_ABSENT',
      message: expect.stringContaining('2026-03-09') as unknown,
    });
    expect(offerRefused({ ...standing, absentUntil: null }, TERMS, null)).toBeNull();
  });
});

describe('a rest', () => {
  const now = new Date('2026-03-03T12:00:00Z');
  const at = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);
  it.each([
    ['to come', 1, 24, null],
    ['until it is due', 24, 24, null],
    ['past', -1, 24, 'past'],
    ['after it is due', 25, 24, 'it is due at 2026-03-04T12:00:00.000Z'],
    ['too long', 73, 100, '72 hours'],
  ])('%s', (_, until, due, why) => {
    const refused = snoozeRefused({ dueAt: at(due) }, at(until), now);
    if (why === null) expect(refused).toBeNull();
    else expect(refused).toMatchObject({ code: 'SNOOZE_INVALID', message: expect.stringContaining(why) as unknown });
  });
});

describe('a delegation', () => {
  const task = { requester: ana, lastEditor: ben, depicted: [cem] };
  it.each([
    ['whoever asked', { subject: ana }, 'they asked for the edit'],
    ['whoever changed it', { subject: ben }, 'they made its last change'],
    ['whoever is shown', { subject: cem }, 'they are shown in it'],
    ['whoever may not decide', { subject: dot, mayDecide: false }, 'they may not decide reviews'],
    ['whoever skipped it', { subject: dot, hasSkipped: true }, 'they skipped it'],
    ['whoever is barred for a reason of their own', { subject: dot, isOpen: false }, 'they may not decide this one'],
  ])('is not taken by %s', (_, over, why) => {
    expect(delegateRefused(task, { mayDecide: true, hasSkipped: false, isOpen: true, ...over })).toMatchObject({
      code: 'DELEGATE_UNFIT',
      message: `That person cannot take it: ${why}.`,
    });
  });

  it('is taken by anybody else', () => {
    expect(delegateRefused(task, { subject: dot, mayDecide: true, hasSkipped: false, isOpen: true })).toBeNull();
  });
});

describe('a task', () => {
  const codeFor = (over: Partial<Parameters<typeof takeRefused>[0]>, hasSkipped = false): string | null =>
    takeRefused({ claim: null, delegatedTo: null, ...over }, { reviewer: ana, answersFor: [ana, ben] }, hasSkipped)?.code ?? null;
  it('is not taken by whoever skipped it, nor where it was handed to somebody whom they do not stand in for', () => {
    expect([codeFor({ delegatedTo: cem }), codeFor({ delegatedTo: ben }), codeFor({}, true), codeFor({})]).toEqual([
      'TASK_DELEGATED',
      null,
      'TASK_SKIPPED',
      null,
    ]);
    expect(codeFor({ claim: { by: ana, until: new Date(0) } }, true)).toBeNull();
  });
});

it('a text has one to 2,000 characters, and none where none is needed', () => {
  expect(
    [textRefused(' ', true), textRefused('', false), textRefused('x'.repeat(2_001), false), textRefused('why', true)].map(
      (each) => each?.code ?? null,
    ),
  ).toEqual(['TEXT_INVALID', null, 'TEXT_INVALID', null]);
});
