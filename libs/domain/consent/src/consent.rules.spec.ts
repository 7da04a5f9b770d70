import { type ConsentId, newId, type SubjectId } from '@imprimatur/kernel';
import * as fc from 'fast-check';
import {
  allowsAllOf,
  covers,
  faceOf,
  hamming,
  iou,
  kindsOfChange,
  kindsOfPast,
  overlaps,
  stateAt,
  strongest,
  type Candidate,
} from './consent.rules';
import { KINDS_OF_CHANGE, type ConsentRecord, type FaceBox } from './consent.types';

const NOW = new Date('2026-11-23T12:00:00Z');
const ASKED = { useCase: 'marketing', channel: 'web', territory: 'DE', kindsOfChange: ['retouch'], provider: null, training: false };
const FACE: FaceBox = { left: 100, top: 100, width: 200, height: 200 };

function record(changed: Partial<ConsentRecord> = {}): ConsentRecord {
  return {
    id: newId('consent'),
    version: 1,
    subject: newId('subject'),
    ageBand: 'adult',
    method: 'signed-form',
    notice: { text: 'You will be shown.', language: 'en' },
    representative: null,
    modelRelease: null,
    propertyRelease: null,
    scope: {
      useCases: ['marketing'],
      kindsOfChange: ['retouch', 'background'],
      channels: ['web'],
      territories: ['DE', 'FR'],
      providers: ['*'],
      training: false,
    },
    validFrom: new Date('2026-01-01T00:00:00Z'),
    validUntil: null,
    state: 'given',
    registeredBy: null,
    createdAt: NOW,
    ...changed,
  };
}

const box = fc
  .record({ left: fc.nat(900), top: fc.nat(900), width: fc.integer({ min: 1, max: 1000 }), height: fc.integer({ min: 1, max: 1000 }) })
  .map(({ left, top, width, height }) => ({ left, top, width: Math.min(width, 1000 - left), height: Math.min(height, 1000 - top) }));
const fingerprint = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));

describe('the overlap of two boxes', () => {
  it('is symmetric, from 0 to 1, and 1 for a box and itself alone', () => {
    fc.assert(
      fc.property(box, box, (one, other) => {
        const overlap = iou(one, other);
        const isEqual = JSON.stringify(one) === JSON.stringify(other);
        expect(overlap).toBe(iou(other, one));
        expect(overlap).toBeGreaterThanOrEqual(0);
        expect(overlap === 1).toBe(isEqual);
        expect(iou(one, one)).toBe(1);
        expect(overlaps(one, [other])).toBe(overlap > 0);
      }),
    );
  });

  it('is what is shared of what either covers', () => {
    expect(iou(FACE, { ...FACE, left: 200 })).toBeCloseTo(1 / 3);
    expect(iou(FACE, { ...FACE, left: 300 })).toBe(0);
    expect(iou(FACE, { ...FACE, width: 100 })).toBe(0.5);
  });

  it('needs a mask', () => {
    expect(overlaps(null, [FACE])).toBe(false);
    expect(overlaps(FACE, [])).toBe(false);
  });
});

describe('a binding', () => {
  it('speaks for the one face it overlaps most, from one half on', () => {
    const near = { ...FACE, left: 110 };
    expect(faceOf({ face: FACE }, [{ ...FACE, left: 600 }, near, FACE])).toBe(2);
    expect(faceOf({ face: FACE }, [near, near])).toBe(0);
    expect(faceOf({ face: FACE }, [{ ...FACE, width: 100 }])).toBe(0);
    expect(faceOf({ face: FACE }, [{ ...FACE, width: 99 }])).toBeNull();
  });
});

describe('the distance of two fingerprints', () => {
  const bitsOf = (hex: string): string => BigInt(`0x${hex}`).toString(2).padStart(256, '0');

  it('is the number of bits that differ', () => {
    fc.assert(
      fc.property(fingerprint, fingerprint, (one, other) => {
        const [a, b] = [bitsOf(one), bitsOf(other)];
        expect(hamming(one, other)).toBe([...a].filter((bit, at) => bit !== b[at]).length);
        expect(hamming(one, one)).toBe(0);
      }),
    );
    expect(hamming('0'.repeat(64), 'f'.repeat(64))).toBe(256);
  });
});

describe('operations as kinds of change', () => {
  it.each([
    [['tone', 'colour', 'sharpness', 'geometry', 'crop', 'blur', 'text'], true, ['retouch']],
    [['erase'], false, ['background']],
    [['erase', 'recolour'], true, ['face']],
    [['tone', 'erase', 'other'], false, ['background', 'full-replica', 'retouch']],
    [['something new'], false, ['full-replica']],
    [[], true, []],
  ])('%j, mask on a face %s: %j', (operations, maskOverlapsFace, kinds) => {
    expect(kindsOfChange(operations, maskOverlapsFace)).toEqual(kinds);
  });
});

describe('what was done to a picture', () => {
  it('is read from the questions that were asked about it; what was erased says nothing', () => {
    expect(
      kindsOfPast([
        { operations: ['tone'], maskOverlapsFace: false },
        { operations: ['erase'], maskOverlapsFace: true },
      ]),
    ).toEqual(['face', 'retouch']);
    expect(kindsOfPast([null, {}, { operations: 'tone' }])).toEqual([]);
  });
});

describe('a scope', () => {
  it('covers a use when all four lists do, and tells what they lack', () => {
    const { scope } = record();
    expect(covers(scope, ASKED)).toEqual([]);
    expect(
      covers(scope, { ...ASKED, useCase: 'advertising', channel: 'print', territory: 'US', kindsOfChange: ['face', 'retouch'] }),
    ).toEqual(['use-case:advertising', 'channel:print', 'territory:US', 'kind:face']);
    expect(covers({ ...scope, territories: ['*'] }, { ...ASKED, territory: 'US' })).toEqual([]);
    expect(covers(scope, { ...ASKED, territory: '*' })).toEqual(['territory:*']);
  });

  it('covers providers and training only where it says so, and a use in the house always', () => {
    const { scope } = record();
    const abroad = { ...ASKED, provider: 'gemini' };
    expect(covers(scope, abroad)).toEqual([]);
    expect(covers({ ...scope, providers: ['openai'] }, abroad)).toEqual(['provider:gemini']);
    expect(covers({ ...scope, providers: [] }, ASKED)).toEqual([]);
    expect(covers(scope, { ...ASKED, training: true })).toEqual(['training']);
    expect(covers({ ...scope, training: true }, { ...ASKED, training: true })).toEqual([]);
  });

  it('allows all of another one when every use of that is one of its own', () => {
    const { scope } = record();
    expect(allowsAllOf(scope, scope)).toBe(true);
    expect(allowsAllOf(scope, { ...scope, territories: ['DE'], providers: ['gemini'] })).toBe(true);
    expect(allowsAllOf({ ...scope, providers: ['gemini'] }, scope)).toBe(false);
    expect(allowsAllOf({ ...scope, providers: [] }, { ...scope, providers: [] })).toBe(true);
    expect(allowsAllOf(scope, { ...scope, training: true })).toBe(false);
    expect(allowsAllOf(scope, { ...scope, kindsOfChange: ['face'] })).toBe(false);
  });

  it('lacks exactly the kinds of change that were not agreed to', () => {
    const kinds = fc.uniqueArray(fc.constantFrom(...KINDS_OF_CHANGE));
    fc.assert(
      fc.property(kinds, kinds, (agreed, asked) => {
        const missing = covers({ ...record().scope, kindsOfChange: agreed }, { ...ASKED, kindsOfChange: asked });
        expect(missing).toEqual(asked.filter((kind) => !agreed.includes(kind)).map((kind) => `kind:${kind}`));
      }),
    );
  });
});

describe('the state of a record', () => {
  it('ends with its period, at that very moment, and a withdrawal outlasts it', () => {
    expect(stateAt(record(), NOW)).toBe('given');
    expect(stateAt(record({ validUntil: new Date(NOW.getTime() + 1) }), NOW)).toBe('given');
    expect(stateAt(record({ validUntil: NOW }), NOW)).toBe('expired');
    expect(stateAt(record({ validUntil: NOW, state: 'withdrawn' }), NOW)).toBe('withdrawn');
  });
});

describe('of several consents for one face', () => {
  const candidate = (changed: Partial<ConsentRecord> = {}): Candidate => ({ record: record(changed), by: 'file' });
  const known = ({ record: { id, subject } }: Candidate): { consent: ConsentId; subject: SubjectId } => ({ consent: id, subject });

  it('the one bound most strongly decides', () => {
    const [withdrawn, given] = [candidate({ state: 'withdrawn' }), candidate()];
    expect(strongest([[], [withdrawn], [given]], ASKED, NOW)).toEqual({
      ...known(withdrawn),
      by: 'file',
      outcome: 'withdrawn',
      missing: [],
    });
  });

  it('and of equally strong ones the one that allows most', () => {
    const [withdrawn, expired, given] = [candidate({ state: 'withdrawn' }), candidate({ validUntil: NOW }), candidate()];
    expect(strongest([[withdrawn, expired, given]], ASKED, NOW)).toMatchObject({ ...known(given), outcome: 'matched' });
    expect(strongest([[withdrawn, expired]], ASKED, NOW)).toMatchObject({ ...known(expired), outcome: 'expired' });
    const asked = { ...ASKED, kindsOfChange: ['face'] };
    expect(strongest([[withdrawn, given]], asked, NOW)).toMatchObject({
      ...known(given),
      outcome: 'scope-missing',
      missing: ['kind:face'],
    });
  });

  it('a wide and a narrow one of equal strength are two agreements, and each covers what it says', () => {
    const narrow = candidate({ scope: { ...record().scope, channels: ['print'] } });
    const wide = candidate();
    for (const tier of [
      [narrow, wide],
      [wide, narrow],
    ]) {
      expect(strongest([tier], ASKED, NOW)).toMatchObject({ ...known(wide), outcome: 'matched' });
      expect(strongest([tier], { ...ASKED, channel: 'print' }, NOW)).toMatchObject({ ...known(narrow), outcome: 'matched' });
      expect(strongest([tier], { ...ASKED, channel: 'video' }, NOW)).toMatchObject({
        outcome: 'scope-missing',
        missing: ['channel:video'],
      });
    }
  });

  it('the one of a minor without a guardian covers nothing', () => {
    const guardian = { kind: 'guardian' as const, basis: 'parent', subject: newId('subject') };
    const [alone, guarded] = [candidate({ ageBand: 'minor' }), candidate({ ageBand: 'minor', representative: guardian })];
    expect(strongest([[alone]], ASKED, NOW)).toMatchObject({ outcome: 'scope-missing', missing: ['guardian'] });
    expect(strongest([[guarded]], ASKED, NOW)).toMatchObject({ outcome: 'matched' });
  });

  it('none means missing', () => {
    expect(strongest([[], []], ASKED, NOW)).toEqual({ outcome: 'missing', consent: null, subject: null, by: null, missing: [] });
  });
});
