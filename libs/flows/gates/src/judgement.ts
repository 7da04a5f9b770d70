import type { Decision, PolicyQuestion } from '@imprimatur/formats/policy';
import type { Declined } from '@imprimatur/domain/providers';
import { type Finding, type JsonObject, strictest, type Verdict, type VerdictOutcome } from '@imprimatur/kernel';
import type { Findings } from './facts.js';
import { textAsEvidence } from './picture.text.js';
import type { ItemDossier } from './item.dossier.js';
import { conditionVerdict } from './turn.conditions.js';
import { GATES_BEFORE, runGates } from './pipeline.js';

/** What the gates before rendering say of one item, and what its next state is for it. */
export interface Judgement {
  /** In the order in which the gates answered. */
  readonly verdicts: readonly Verdict[];
  readonly outcome: VerdictOutcome;
  readonly next: 'refused' | 'held-before' | 'clarifying' | 'screened';
  /** Why no provider can do it, or which earlier approval forbids it, where only that is in the way; null otherwise. */
  readonly declined: Verdict | null;
  /** What the policy was asked, and what it said. */
  readonly asked: PolicyQuestion;
  readonly decision: Decision;
  /** What would be asked first; null unless `next` is clarifying. */
  readonly question: string | null;
}

/** The gates first: a prompt that policy refuses is not asked about. Both a turn and its preflight are judged here. */
export function judgeBefore(
  {
    policy,
    roles,
    provider,
    exceptions,
    conditions,
  }: Pick<ItemDossier, 'policy' | 'roles' | 'exceptions' | 'conditions'> & {
    readonly provider: string;
  },
  findings: Findings,
): Judgement {
  const asked: PolicyQuestion = { question: 'EditTurn', roles, facts: findings.facts };
  const decision = policy.decide(asked, exceptions);
  const verdicts = runGates(GATES_BEFORE, { decision, missing: findings.missing, seen: seenByGates(findings) });
  const outcome = strictest(verdicts.map((verdict) => verdict.outcome));
  const { intent } = findings;
  const judgement = { verdicts, outcome, asked, decision, declined: null, question: null };
  if (outcome === 'refuse' || outcome === 'throttle') return { ...judgement, next: 'refused' };
  const broken = conditionVerdict(conditions, findings.facts.operations);
  if (broken) return { ...judgement, next: 'refused', declined: broken };
  if (outcome === 'hold') return { ...judgement, next: 'held-before' };
  if (intent.declined !== null) return { ...judgement, next: 'refused', declined: declined(intent.declined, provider) };
  return intent.question === null
    ? { ...judgement, next: 'screened' }
    : { ...judgement, next: 'clarifying', question: intent.question.text };
}

/** What the moderators said in their own words, as evidence; nothing where none is configured. */
export function moderatorsSaid({ prompt, picture }: Findings['moderated']): JsonObject {
  const said = [
    ...prompt.verdicts.map((verdict) => ({ of: 'prompt', ...verdict })),
    ...picture.verdicts.map((verdict) => ({ of: 'picture', ...verdict })),
  ];
  return said.length === 0 ? {} : { moderators: said as unknown as JsonObject[] };
}

function seenByGates({ faces, prompt, moderated, known, vendor, text, sinceRoot }: Findings): Parameters<typeof runGates>[1]['seen'] {
  return {
    usage: vendor,
    consent: { faces: facesOf(faces), ...sinceRoot?.evidence },
    moderation: {
      prompt: prompt.classes.map(({ class: name, score }) => ({ class: name, score })),
      engine: prompt.engine,
      ...moderatorsSaid(moderated),
      ...knownOf(known),
      ...textAsEvidence(text),
    },
  };
}

/** What is known of each face, as evidence; of one that nobody knows, how near the registry comes. */
export function facesOf(faces: Findings['faces']): readonly JsonObject[] {
  return faces.map(({ face, outcome, by, missing, nearest }) => ({
    ...{ face, outcome, by, missing: [...missing] },
    ...(nearest === null ? {} : { nearest: { ...nearest } }),
  }));
}

/** What was met in the bank, as evidence; nothing where nothing was. */
export function knownOf(known: Findings['known']): { readonly known?: readonly JsonObject[] } {
  return known.length === 0 ? {} : { known: known.map((meeting) => ({ ...meeting })) };
}

function declined({ code, message, instead }: Declined, provider: string): Verdict {
  const finding: Finding = {
    rule: `provider.${code.toLowerCase()}`,
    outcome: 'refuse',
    reason: message,
    citation: `What ${provider} can do`,
    remedy: instead.length > 0 ? `Ask for one of: ${instead.join('; ')}.` : 'Ask for something else.',
    met: [],
  };
  return { gate: 'provider', outcome: 'refuse', findings: [finding], evidence: { provider } };
}
