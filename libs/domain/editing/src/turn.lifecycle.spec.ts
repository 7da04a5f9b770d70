import fc from 'fast-check';
import { CAUSES, findMove, isTerminal, ITEM_STATES, type ItemState, MOVES, sinksOthers, STATES, turnState } from './turn.lifecycle.js';

const anyState = fc.constantFrom(...ITEM_STATES);
const someStates = fc.array(anyState, { minLength: 1, maxLength: 12 });

function reachable(from: ItemState): ReadonlySet<ItemState> {
  const seen = new Set<ItemState>([from]);
  for (const state of seen) for (const move of MOVES) if (move.from === state) seen.add(move.to);
  return seen;
}

describe('the table of legal moves', () => {
  it('names each move once, between known states, caused by somebody', () => {
    expect(new Set(MOVES.map((move) => `${move.from} ${move.to}`)).size).toBe(MOVES.length);
    for (const move of MOVES) {
      expect(ITEM_STATES).toContain(move.from);
      expect(ITEM_STATES).toContain(move.to);
      expect(move.by.length).toBeGreaterThan(0);
      expect(move.by.filter((cause) => !CAUSES.includes(cause))).toEqual([]);
      expect(move.event).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
    }
  });

  it('is the drawing of the design', () => {
    const drawn: readonly (readonly [ItemState, readonly ItemState[]])[] = [
      ['submitted', ['screened']],
      ['screened', ['held-before', 'refused', 'clarifying', 'rendering']],
      ['held-before', ['screened', 'rejected']],
      ['clarifying', ['submitted']],
      ['rendering', ['rendered', 'failed', 'cancelled']],
      ['rendered', ['inspected']],
      ['inspected', ['held', 'released']],
      ['held', ['released', 'rejected', 'changes-requested']],
      ['rejected', ['held']],
      ['changes-requested', ['submitted', 'held']],
      ['released', ['blocked']],
    ];
    for (const [from, ends] of drawn) for (const to of ends) expect(findMove(from, to)).not.toBeNull();
  });

  it('has exactly these terminal states', () => {
    expect(ITEM_STATES.filter(isTerminal)).toEqual(['refused', 'blocked', 'failed', 'cancelled', 'expired']);
  });

  it('reaches every state from submitted, and an end from every state', () => {
    expect([...reachable('submitted')].sort()).toEqual([...ITEM_STATES].sort());
    for (const state of ITEM_STATES) expect([...reachable(state)].some(isTerminal)).toBe(true);
  });

  it('releases only what was inspected, or held for somebody to look at', () => {
    const into = (to: ItemState) => MOVES.filter((move) => move.to === to).map((move) => move.from);
    expect(into('released')).toEqual(['inspected', 'held']);
    expect(into('held')).toEqual(['inspected', 'rejected', 'changes-requested']);
    expect(into('inspected')).toEqual(['rendered']);
  });

  it('lets only a reviewer take an item out of a hold to its release', () => {
    expect(findMove('held', 'released')?.by).toEqual(['reviewer']);
    expect(findMove('held-before', 'rejected')?.by).toEqual(['reviewer']);
  });

  it('resumes the worker exactly where a person hands an item back to it', () => {
    const resuming = MOVES.filter((move) => move.resumes).map((move) => `${move.from} > ${move.to}`);
    expect(resuming).toEqual(['held-before > screened', 'clarifying > submitted', 'changes-requested > submitted']);
    for (const move of MOVES) if (move.resumes) expect(STATES[move.to].waitsFor).toBe('worker');
  });

  it('sinks others only by ends that are not releases', () => {
    expect(ITEM_STATES.filter(sinksOthers)).toEqual(['refused', 'rejected', 'failed', 'cancelled', 'expired']);
  });
});

describe('the state of a turn', () => {
  it('is one of its items, in whatever order they come', () => {
    fc.assert(
      fc.property(someStates, fc.integer(), (states, seed) => {
        const shuffled = [...states].sort((a, b) => ((a.length * 31 + seed) % 7) - ((b.length * 31 + seed) % 7));
        expect(states).toContain(turnState(states));
        expect(turnState(shuffled)).toBe(turnState(states));
        expect(turnState([...states, ...states])).toBe(turnState(states));
      }),
    );
  });

  it('can be derived in parts', () => {
    fc.assert(
      fc.property(someStates, someStates, (some, others) => {
        expect(turnState([...some, ...others])).toBe(turnState([turnState(some), turnState(others)]));
      }),
    );
  });

  it('shows what is under way before what has ended', () => {
    fc.assert(
      fc.property(someStates, (states) => {
        const underWay = states.filter((state) => STATES[state].waitsFor !== 'nobody');
        if (underWay.length > 0) expect(STATES[turnState(states)].waitsFor).not.toBe('nobody');
        else if (states.includes('released')) expect(turnState(states)).toBe('released');
      }),
    );
  });

  it.each<[ItemState[], ItemState]>([
    [['released', 'refused'], 'released'],
    [['released', 'rendering'], 'rendering'],
    [['held', 'screened'], 'screened'],
    [['submitted', 'clarifying'], 'clarifying'],
    [['refused', 'failed'], 'refused'],
  ])('of %j is %s', (states, expected) => {
    expect(turnState(states)).toBe(expected);
  });

  it('is none without an item', () => {
    expect(() => turnState([])).toThrow(RangeError);
  });
});
