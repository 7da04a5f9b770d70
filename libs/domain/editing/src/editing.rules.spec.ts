import fc from 'fast-check';
import { type AssetId, type BlobId, type Context, newId, type Role, type SubjectId, systemContext } from '@imprimatur/kernel';
import {
  ANSWER_CHARS_MAX,
  answerRefusal,
  causesOf,
  fitRefusal,
  PROMPT_CHARS_MAX,
  sessionRefusal,
  shapeRefusal,
  TARGETS_MAX,
  turnRefusal,
} from './editing.rules.js';
import type { MaskShape, NewSession, NewTurn, TurnTarget } from './editing.types.js';

const target = (asset: AssetId = newId('asset')): TurnTarget => ({ asset, version: newId('version'), width: 400, height: 300 });
const turn = (changed: Partial<NewTurn> = {}): NewTurn => ({
  session: newId('session'),
  prompt: 'Brighten it',
  targets: [target()],
  masks: [],
  ...changed,
});
const session = (changed: Partial<NewSession> = {}): NewSession => ({
  name: 'Spring',
  useCase: 'internal-draft',
  channel: 'internal',
  territory: 'none',
  assets: [newId('asset')],
  ...changed,
});
const box: MaskShape = { kind: 'box', left: 100, top: 100, width: 200, height: 200 };

describe('a turn', () => {
  it('is fine as it should be', () => {
    expect(turnRefusal(turn({ providers: ['local', 'gemini-2'], allOrNothing: true }))).toBeNull();
  });

  const twice = newId('asset');
  it.each<[string, Partial<NewTurn>]>([
    ['PROMPT_EMPTY', { prompt: ' \n\t' }],
    ['PROMPT_TOO_LONG', { prompt: 'x'.repeat(PROMPT_CHARS_MAX + 1) }],
    ['TARGETS_EMPTY', { targets: [] }],
    ['TARGETS_TOO_MANY', { targets: Array.from({ length: TARGETS_MAX + 1 }, () => target()) }],
    ['TARGET_TWICE', { targets: [target(twice), target(twice)] }],
    ['PROVIDER_NAME_INVALID', { providers: ['../etc'] }],
    ['PROVIDER_NAME_INVALID', { providers: Array.from({ length: 11 }, (_, at) => `p${at}`) }],
    ['MASK_WITHOUT_TARGET', { masks: [{ asset: newId('asset'), shape: box }] }],
    [
      'MASK_WITHOUT_TARGET',
      {
        targets: [target(twice)],
        masks: [
          { asset: twice, shape: box },
          { asset: twice, mask: newId('mask') },
        ],
      },
    ],
  ])('is refused with %s', (code, changed) => {
    expect(turnRefusal(turn(changed))?.code).toBe(code);
  });

  it('counts characters as people do', () => {
    expect(turnRefusal(turn({ prompt: '🖼'.repeat(PROMPT_CHARS_MAX) }))).toBeNull();
  });

  it('never repeats the prompt in a refusal', () => {
    fc.assert(
      fc.property(fc.string({ minLength: PROMPT_CHARS_MAX + 1, maxLength: PROMPT_CHARS_MAX + 50 }), (prompt) => {
        const refusal = turnRefusal(turn({ prompt }));
        expect(JSON.stringify(refusal)).not.toContain(JSON.stringify(prompt).slice(1, 60));
      }),
      { numRuns: 10 },
    );
  });
});

describe('a session', () => {
  it('is fine as it should be', () => {
    for (const territory of ['none', '*', 'DE', 'US-CA']) expect(sessionRefusal(session({ territory }))).toBeNull();
  });

  it.each<[string, Partial<NewSession>]>([
    ['name', { name: '  ' }],
    ['name', { name: 'x'.repeat(201) }],
    ['useCase', { useCase: 'Internal Draft' }],
    ['channel', { channel: '' }],
    ['territory', { territory: 'Germany' }],
    ['assets', { assets: [] }],
  ])('is refused for its %s', (field, changed) => {
    expect(sessionRefusal(session(changed))).toMatchObject({ code: 'SESSION_INVALID', field });
  });
});

describe('an answer', () => {
  it('says something, and not too much', () => {
    expect(answerRefusal('the left one')).toBeNull();
    expect(answerRefusal(' ')?.code).toBe('ANSWER_EMPTY');
    expect(answerRefusal('x'.repeat(ANSWER_CHARS_MAX + 1))?.code).toBe('ANSWER_TOO_LONG');
  });
});

describe('a mask', () => {
  const picture = (width: number, height: number): MaskShape => ({
    kind: 'png',
    blob: newId('blob') satisfies BlobId,
    sha256: new Uint8Array(32),
    width,
    height,
  });

  it('accepts exactly the boxes that lie inside the picture', () => {
    const number = fc.integer({ min: -200, max: 1200 });
    fc.assert(
      fc.property(number, number, number, number, (left, top, width, height) => {
        const inside = left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= 1000 && top + height <= 1000;
        expect(shapeRefusal({ kind: 'box', left, top, width, height }) === null).toBe(inside);
      }),
    );
  });

  it('is told in whole thousandths', () => {
    expect(shapeRefusal({ kind: 'box', left: 0.5, top: 0, width: 10, height: 10 })?.code).toBe('MASK_INVALID');
    expect(shapeRefusal({ kind: 'box', left: Number.NaN, top: 0, width: 10, height: 10 })?.code).toBe('MASK_INVALID');
  });

  it('has at least three corners', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 1000, y: 0 },
      { x: 0, y: 1000 },
    ];
    expect(shapeRefusal({ kind: 'polygon', points })).toBeNull();
    expect(shapeRefusal({ kind: 'polygon', points: points.slice(1) })?.code).toBe('MASK_INVALID');
    expect(shapeRefusal({ kind: 'polygon', points: [...points, { x: 1001, y: 0 }] })?.code).toBe('MASK_INVALID');
  });

  it('fits only a picture of its size', () => {
    const here = target();
    expect(shapeRefusal(picture(400, 300))).toBeNull();
    expect(fitRefusal(picture(400, 300), here)).toBeNull();
    expect(fitRefusal(picture(300, 400), here)?.code).toBe('MASK_SIZE_MISMATCH');
    expect(fitRefusal(box, here)).toBeNull();
  });
});

describe('who may move an item', () => {
  const person = (subject: SubjectId, ...roles: Role[]): Context => ({
    tenant: newId('tenant'),
    actor: { kind: 'person', subject, ref: 'pseudonym', roles },
    requestId: 'test',
  });
  const [me, other] = [newId('subject'), newId('subject')];

  it.each<[string, Context, readonly string[]]>([
    ['the service', systemContext(newId('tenant'), 'test'), ['worker']],
    ['a creator', person(me, 'creator'), ['requester']],
    ['an approver', person(me, 'approver'), ['reviewer']],
    ['legal', person(me, 'legal'), ['reviewer', 'rights']],
    ['an auditor', person(me, 'auditor'), []],
  ])('%s', (_who, context, causes) => {
    expect(causesOf(context, other)).toEqual(causes);
  });

  it('is never the reviewer of a turn of their own', () => {
    expect(causesOf(person(me, 'creator', 'approver'), me)).toEqual(['requester']);
    expect(causesOf(person(me, 'creator', 'approver'), other)).toEqual(['requester', 'reviewer']);
  });
});
