import { strictest, type Finding, type JsonObject, type Verdict, type VerdictOutcome } from '@imprimatur/kernel';
import type { BundleRef, Rule } from './bundle.types.js';
import { engineErrors, entity } from './cedar.js';
import { explain, lookUp, type Values } from './explanation.js';
import { passesWhen } from './passes.when.js';
import { type Queue, SYSTEM_QUEUE } from './queues.data.js';
import { LAST_RESORT } from './route.js';
import { nameInEngine, PERMIT_ALL_ID, type PreparedBundle } from './prepare.js';
import { isAsked } from './schema.facts.js';
import { questionAsJson, type Gate, type PolicyQuestion, type Question, type Scores } from './question.js';

/** A finding of the policy. `gate` is null when the policy as a whole failed: then it counts for every gate. */
export interface PolicyFinding extends Finding {
  readonly gate: Gate | null;
}

/** What people agreed not to count for what is asked: one rule, by its id. `id` names the agreement in the evidence. */
export interface RuleException {
  readonly id: string;
  readonly rule: string;
}

export interface ExceptedFinding extends PolicyFinding {
  readonly exception: string;
}

/** What a bundle says to one question. */
export interface Decision {
  readonly question: Question;
  /** The strictest of `findings`; `pass` when there is none. */
  readonly outcome: VerdictOutcome;
  /** Enforced rules that apply, strictest first, and failures of the policy itself. */
  readonly findings: readonly PolicyFinding[];
  /** Rules that apply and do not count, because people agreed so. */
  readonly excepted: readonly ExceptedFinding[];
  /** Shadow rules that apply: to be reported, never acted upon. */
  readonly shadow: readonly PolicyFinding[];
  /** What went wrong while deciding, in the engine's words; shadow rules that failed are named here too. */
  readonly errors: readonly string[];
  /** Where a hold waits: of all queues that the holds name, the one that stands first in the bundle. Null when the outcome is no hold. */
  readonly queue: Queue | null;
  readonly bundle: BundleRef;
  /** The question and its facts, as evidence. */
  readonly asked: JsonObject;
  /** The outcome as far as one gate is concerned. */
  gateOutcome(gate: Gate): VerdictOutcome;
}

/**
 * Asks `prepared` one question. Never throws, and never passes what it could not decide: every error is a hold. `exceptions` lift rules that hold or
 * throttle; a refusal and an error have none.
 */
export function decide(prepared: PreparedBundle, asked: PolicyQuestion, exceptions: readonly RuleException[] = []): Decision {
  let evidence: JsonObject = { question: asked.question };
  try {
    evidence = questionAsJson(asked);
    return evaluate(prepared, asked, evidence, exceptions);
  } catch (error) {
    return failClosed(
      prepared.ref,
      asked.question,
      evidence,
      policyError(error instanceof Error ? error.message : String(error)),
      queueOf(prepared, SYSTEM_QUEUE),
    );
  }
}

function evaluate(prepared: PreparedBundle, asked: PolicyQuestion, evidence: JsonObject, exceptions: readonly RuleException[]): Decision {
  const present = Object.entries(withPictureFacts(asked.facts, prepared.bundle.schema)).filter(
    ([name, value]) => value !== undefined && isAsked(prepared.bundle.facts, asked.question, name),
  );
  const context = { ...Object.fromEntries(present), roles: [...asked.roles], ...prepared.given };
  const name = nameInEngine(prepared, asked);
  const roles = asked.roles.map((role) => entity('Role', role));
  const answer = prepared.cedar.statefulIsAuthorized({
    principal: entity('User', 'actor'),
    action: entity('Action', asked.question),
    resource: entity('Work', 'turn'),
    context,
    entities: [{ uid: entity('User', 'actor'), attrs: {}, parents: roles }],
    preparsedPolicySetId: name,
    preparsedSchemaName: name,
    validateRequest: true,
  });
  if (answer.type === 'failure') {
    return failClosed(prepared.ref, asked.question, evidence, policyError(engineErrors(answer.errors)), queueOf(prepared, SYSTEM_QUEUE));
  }
  const { decision, diagnostics } = answer.response;
  const applied = diagnostics.reason.map((id) => prepared.rules.get(id)).filter((rule) => rule !== undefined);
  const { findings, excepted } = except(
    applied.filter((rule) => rule.mode === 'enforce').map((rule) => findingOf(rule, context)),
    exceptions,
  );
  // Cedar skips a forbid that fails and answers allow: an enforced rule that fails must hold what it could not judge.
  const failed = diagnostics.errors.filter(({ policyId }) => prepared.rules.get(policyId)?.mode !== 'shadow');
  const failures = failed.map(({ policyId, error }) =>
    policyError(`${policyId}: ${error.message}`, prepared.rules.get(policyId)?.gate ?? null),
  );
  if (decision === 'deny' && applied.length === 0) failures.push(policyError(`denied without a rule (${PERMIT_ALL_ID} did not apply)`));
  return toDecision(prepared.ref, asked.question, evidence, [...findings, ...failures], {
    excepted,
    shadow: applied.filter((rule) => rule.mode === 'shadow').map((rule) => findingOf(rule, context)),
    errors: diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`),
    queues: prepared.bundle.data.queues,
  });
}

/**
 * Facts that the first bundles do not know, and questions of then do not have. A bundle that knows them is told what their absence means: nothing was
 * found. One that does not know the moderators' is asked without them while there are none; with them, the engine fails, and that holds. One that does
 * not know the words in pictures is asked without them.
 */
function withPictureFacts(facts: PolicyQuestion['facts'], schema: string): object {
  const { scores, pictureCategories = [], textCategories = [] } = facts;
  const [knowsPictures, knowsText] = [schema.includes('pictureCategories'), schema.includes('textCategories')];
  const pictureMax = knowsPictures ? (scores?.pictureMax ?? 0) : scores?.pictureMax;
  const textMax = knowsText ? (scores?.textMax ?? 0) : undefined;
  return {
    ...facts,
    ...(knowsPictures && { pictureCategories }),
    ...(knowsText && { textCategories }),
    ...(scores && { scores: withMaxima(scores, { pictureMax, textMax }) }),
  };
}

/** With those of `maxima` that are told; a bundle that does not know the words in pictures is not told how bad they are. */
function withMaxima(
  { promptMax, sexual_explicit, sexual_suggestive }: Scores,
  { pictureMax, textMax }: Pick<Scores, 'pictureMax' | 'textMax'>,
): Scores {
  return {
    promptMax,
    sexual_explicit,
    sexual_suggestive,
    ...(pictureMax !== undefined && { pictureMax }),
    ...(textMax !== undefined && { textMax }),
  };
}

function except(
  found: readonly PolicyFinding[],
  exceptions: readonly RuleException[],
): { readonly findings: readonly PolicyFinding[]; readonly excepted: readonly ExceptedFinding[] } {
  const findings: PolicyFinding[] = [];
  const excepted: ExceptedFinding[] = [];
  for (const finding of found) {
    const exception = isExceptable(finding.outcome) ? exceptions.find(({ rule }) => rule === finding.rule) : undefined;
    if (exception) excepted.push({ ...finding, exception: exception.id });
    else findings.push(finding);
  }
  return { findings, excepted };
}

/** What is refused is refused for everybody; who wants it otherwise changes the policy, with its tests. */
export function isExceptable(outcome: VerdictOutcome): boolean {
  return outcome === 'hold' || outcome === 'throttle';
}

function findingOf(rule: Rule, values: Values): PolicyFinding {
  const passing = passesWhen(rule.condition, values);
  return {
    rule: rule.id,
    outcome: rule.outcome,
    reason: fill(rule.reason, values),
    citation: rule.citation,
    remedy: fill(rule.remedy, values),
    met: explain(rule.condition, values),
    ...(passing === null ? {} : { passesWhen: passing }),
    ...(rule.queue === null ? {} : { queue: rule.queue }),
    gate: rule.gate,
  };
}

/** Puts the facts into a reason: `{facesWithoutConsent} faces` as `2 faces`. */
function fill(text: string, values: Values): string {
  return text.replace(/\{([A-Za-z_.]+)\}/g, (_, path: string) => {
    const value = lookUp(path, values);
    return Array.isArray(value) ? value.join(', ') : typeof value === 'string' || typeof value === 'number' ? String(value) : 'unknown';
  });
}

function policyError(message: string, gate: Gate | null = null): PolicyFinding {
  return systemFinding('system.policy_error', 'The policy could not be evaluated, so nobody knows whether this is allowed.', message, gate);
}

/** A failure of the policy itself, as a hold. `message` is for operators; it names rules and facts, never a prompt. */
export function systemFinding(rule: `system.${string}`, reason: string, message: string, gate: Gate | null = null): PolicyFinding {
  return {
    rule,
    outcome: 'hold',
    reason,
    citation: 'House policy 1.1: what cannot be judged is held',
    remedy: 'A policy administrator must repair the policy; until then a reviewer of the queue may decide.',
    met: [message],
    queue: SYSTEM_QUEUE,
    gate,
  };
}

/** The decision when there is no policy to ask: held, for every gate. Also for callers whose bundle is missing or was tampered with. */
export function failClosed(
  bundle: BundleRef,
  question: Question,
  asked: JsonObject,
  finding: PolicyFinding,
  queue: Queue = LAST_RESORT,
): Decision {
  return toDecision(bundle, question, asked, [finding], { excepted: [], shadow: [], errors: finding.met, queues: [queue] });
}

function queueOf(prepared: PreparedBundle, id: string): Queue {
  return prepared.bundle.data.queues.find((queue) => queue.id === id) ?? LAST_RESORT;
}

interface Aside {
  readonly excepted: readonly ExceptedFinding[];
  readonly shadow: readonly PolicyFinding[];
  readonly errors: readonly string[];
  readonly queues: readonly Queue[];
}

function toDecision(bundle: BundleRef, question: Question, asked: JsonObject, found: readonly PolicyFinding[], aside: Aside): Decision {
  const outcome = strictest(found.map((finding) => finding.outcome));
  const findings = inOrderOfStrictness(found);
  return {
    question,
    outcome,
    findings,
    excepted: inOrderOfStrictness(aside.excepted),
    shadow: inOrderOfStrictness(aside.shadow),
    errors: aside.errors,
    queue: outcome === 'hold' ? (aside.queues.find(({ id }) => findings.some((finding) => finding.queue === id)) ?? LAST_RESORT) : null,
    bundle,
    asked,
    gateOutcome: (gate) => strictest(findings.filter((finding) => concerns(finding, gate)).map((finding) => finding.outcome)),
  };
}

/** Strictest first, then by rule id: the same facts always give the same list. */
function inOrderOfStrictness<F extends PolicyFinding>(findings: readonly F[]): readonly F[] {
  const order: readonly VerdictOutcome[] = ['refuse', 'throttle', 'hold', 'pass'];
  return [...findings].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome) || (a.rule < b.rule ? -1 : 1));
}

function concerns(finding: PolicyFinding, gate: Gate): boolean {
  return finding.gate === null || finding.gate === gate;
}

/** One gate's part of a decision as a verdict: its findings, and bundle, question and facts as evidence. */
export function verdictOf(decision: Decision, gate: Gate): Verdict {
  const plain = decision.findings.filter((finding) => concerns(finding, gate)).map(({ gate: _gate, ...finding }): Finding => finding);
  const excepted = decision.excepted.filter((finding) => concerns(finding, gate));
  return {
    gate,
    outcome: decision.gateOutcome(gate),
    findings: plain,
    evidence: {
      bundle: { name: decision.bundle.name, version: decision.bundle.version, hash: decision.bundle.hash },
      asked: decision.asked,
      shadow: decision.shadow.filter((finding) => concerns(finding, gate)).map(({ rule, outcome, met }) => ({ rule, outcome, met })),
      errors: decision.errors,
      ...(excepted.length === 0
        ? {}
        : { excepted: excepted.map(({ rule, outcome, met, exception }) => ({ rule, outcome, met, exception })) }),
    },
  };
}
