import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { BundleFiles } from './bundle.files.js';
import { loadBundle } from './bundle.load.js';
import { prepare, type PreparedBundle } from './prepare.js';
import { EMPTY_TALLY, mergeTallies, type PastQuestion, reviewsPerDay, simulate } from './simulate.js';
import { HARMLESS, SPECIMEN, specimenWithRule } from './specimen.js';

function prepared(files: BundleFiles): PreparedBundle {
  const loaded = loadBundle(files, { cedar, sha256: (bytes) => hash('sha256', bytes, 'buffer') });
  if (!loaded.ok) throw new Error(loaded.refusal.message);
  return prepare(loaded.value, cedar);
}

function asked(id: string, facts: object = {}, day = 1): PastQuestion {
  return {
    id,
    at: new Date(Date.UTC(2026, 2, day)),
    asked: { question: 'EditTurn', roles: ['creator'], facts: { ...HARMLESS, ...facts } },
  };
}

const [from, to] = [prepared(SPECIMEN), prepared(specimenWithRule('usage.more', 'hold', 'context.faces > 0'))];

describe('a simulation', () => {
  const past = [
    asked('a'),
    asked('b', { faces: 1 }, 2),
    asked('c', { turnsLastHour: 61 }, 3),
    asked('d', { turnsLastHour: 61, faces: 1 }, 4),
    asked('e', { faces: 2 }, 5),
    { ...asked('f'), asked: null },
    { ...asked('g'), asked: { question: 'EditTurn', roles: [], facts: {} } },
  ];
  const tally = simulate(from, to, past);

  it('counts what changes from what to what, with examples and the rules that do it', () => {
    expect(tally).toEqual({
      questions: 7,
      notComparable: 2,
      first: '2026-03-01T00:00:00.000Z',
      last: '2026-03-05T00:00:00.000Z',
      cells: [
        { question: 'EditTurn', from: 'pass', to: 'hold', count: 2, examples: ['b', 'e'], rules: { '+usage.more': 2 } },
        { question: 'EditTurn', from: 'pass', to: 'pass', count: 1, examples: ['a'], rules: {} },
        { question: 'EditTurn', from: 'throttle', to: 'throttle', count: 2, examples: ['c', 'd'], rules: { '+usage.more': 1 } },
      ],
    });
  });

  it('tells what the holds cost a day', () => {
    expect(reviewsPerDay(tally)).toEqual({ from: 0, to: 0.5 });
    expect(reviewsPerDay(simulate(from, to, [asked('a', { faces: 1 })]))).toEqual({ from: 0, to: 1 });
    expect(reviewsPerDay(EMPTY_TALLY)).toEqual({ from: 0, to: 0 });
  });

  it('comes out the same in parts', () => {
    const parts = [past.slice(0, 2), past.slice(2, 6), past.slice(6)].map((part) => simulate(from, to, part));
    expect(parts.reduce(mergeTallies, EMPTY_TALLY)).toEqual(tally);
  });

  it('names a few examples only', () => {
    const many = simulate(
      from,
      to,
      Array.from({ length: 12 }, (_, at) => asked(`item-${at}`)),
    );
    expect(many.cells[0]).toMatchObject({ count: 12, examples: ['item-0', 'item-1', 'item-2', 'item-3', 'item-4'] });
  });
});
