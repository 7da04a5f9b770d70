import type { Decision } from '@imprimatur/formats/policy';
import type { Verdict } from '@imprimatur/kernel';
import type { GateInput, GateRow } from './gate.types';
import { runGates } from './pipeline';

const decision = {} as Decision; // the rows below do not read it
const input = (more: Partial<GateInput> = {}): GateInput => ({ decision, missing: [], seen: {}, ...more });
const row = (gate: GateRow['gate'], outcome: Verdict['outcome']): GateRow => ({
  gate,
  judge: () => ({ gate, outcome, findings: [], evidence: {} }),
});

describe('the pipeline of gates', () => {
  it('lets every gate answer, in order, while none refuses', () => {
    const verdicts = runGates([row('usage', 'pass'), row('consent', 'hold'), row('moderation', 'pass')], input());
    expect(verdicts.map(({ gate, outcome }) => [gate, outcome])).toEqual([
      ['usage', 'pass'],
      ['consent', 'hold'],
      ['moderation', 'pass'],
    ]);
  });

  it.each(['refuse', 'throttle'] as const)('stops behind a gate that answers %s', (outcome) => {
    const verdicts = runGates([row('usage', outcome), row('consent', 'pass')], input());
    expect(verdicts.map(({ gate }) => gate)).toEqual(['usage']);
  });

  it('holds where a gate throws', () => {
    const broken: GateRow = {
      gate: 'usage',
      judge: () => {
        throw new RangeError('boom');
      },
    };
    const [verdict] = runGates([broken], input());
    expect(verdict).toMatchObject({ outcome: 'hold', findings: [{ rule: 'system.moderator_unavailable', outcome: 'hold' }] });
    expect(JSON.stringify(verdict)).not.toContain('boom');
  });

  it('holds a gate that would pass but lacks a fact, and leaves the others alone', () => {
    const missing = [{ gate: 'consent' as const, source: 'the face engine', code: 'THREAD_TIMEOUT' }];
    const verdicts = runGates([row('usage', 'pass'), row('consent', 'pass')], input({ missing }));
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['pass', 'hold']);
  });

  it('does not soften a refusal that also lacks a fact', () => {
    const missing = [{ gate: 'consent' as const, source: 'the face engine', code: 'THREAD_TIMEOUT' }];
    expect(runGates([row('consent', 'refuse')], input({ missing }))[0]?.outcome).toBe('refuse');
  });

  it('keeps what was seen as evidence of its gate only', () => {
    const verdicts = runGates([row('usage', 'pass'), row('consent', 'pass')], input({ seen: { consent: { faces: 2 } } }));
    expect(verdicts.map(({ evidence }) => evidence)).toEqual([{}, { faces: 2 }]);
  });
});
