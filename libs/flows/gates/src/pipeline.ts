import { strictest, type Finding, type Verdict } from '@imprimatur/kernel';
import type { GateInput, GateRow, MissingFact } from './gate.types.js';
import { consentGate } from './gates/consent.gate.js';
import { inspectionGate } from './gates/inspection.gate.js';
import { moderationGate } from './gates/moderation.gate.js';
import { reviewGate } from './gates/review.gate.js';
import { usageGate } from './gates/usage.gate.js';

/** The gates before rendering: the order of the table is the order in which they answer. */
export const GATES_BEFORE: readonly GateRow[] = [usageGate, consentGate, moderationGate];

/** The gates after rendering. */
export const GATES_AFTER: readonly GateRow[] = [consentGate, moderationGate, inspectionGate, reviewGate];

/**
 * Lets the gates answer in their order and stops behind the first that refuses: what follows could only refuse again. A gate that
 * throws, or lacks a fact, holds; it never passes.
 */
export function runGates(rows: readonly GateRow[], input: GateInput): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  for (const row of rows) {
    const verdict = judge(row, input);
    verdicts.push(verdict);
    if (verdict.outcome === 'refuse' || verdict.outcome === 'throttle') break;
  }
  return verdicts;
}

function judge(row: GateRow, input: GateInput): Verdict {
  const missing = input.missing.filter(({ gate }) => gate === row.gate).map(unavailable);
  let judged: Verdict;
  try {
    judged = row.judge(input);
  } catch (error) {
    const code = error instanceof Error ? error.name : 'unknown';
    judged = {
      gate: row.gate,
      outcome: 'hold',
      findings: [unavailable({ gate: row.gate, source: `the ${row.gate} gate`, code })],
      evidence: {},
    };
  }
  return {
    gate: judged.gate,
    outcome: strictest([judged.outcome, ...missing.map(({ outcome }) => outcome)]),
    findings: [...judged.findings, ...missing],
    evidence: { ...judged.evidence, ...input.seen[row.gate] },
  };
}

function unavailable({ source, code }: MissingFact): Finding {
  return {
    rule: 'system.moderator_unavailable',
    outcome: 'hold',
    reason: `${source[0]?.toUpperCase()}${source.slice(1)} did not answer, so this waits for a person.`,
    citation: 'House policy 1.1: what cannot be judged is held',
    remedy: 'Wait for the reviewer, or submit the turn again later.',
    met: [`${source}: ${code}`],
    queue: 'policy',
  };
}
