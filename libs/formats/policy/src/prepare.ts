import { assert } from '@imprimatur/kernel';
import { guardOf } from './guard.js';
import type { PolicyQuestion, Question } from './question.js';
import type { Bundle, BundleRef, Rule } from './bundle.types.js';
import { engineErrors, type Cedar } from './cedar.js';

/** The rules of one bundle that one question asks: what the engine holds under one name. */
export interface RuleSet {
  readonly schema: string;
  readonly rules: readonly Rule[];
}

/** What one question asks: every rule of it, and those that are left when a prompt has none of the categories that the others begin with. */
export interface QuestionSets {
  readonly all: RuleSet;
  readonly unguarded: RuleSet;
  /** The categories that lead past `unguarded`. */
  readonly guards: ReadonlySet<string>;
}

/** A bundle ready to be asked. Cheap to keep; its parsed form inside the engine is made again when it was displaced. */
export interface PreparedBundle {
  readonly ref: BundleRef;
  readonly bundle: Bundle;
  readonly cedar: Cedar;
  /** Rules that are asked (enforce and shadow), by id. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** The same by question. The engine copies its whole set at every evaluation, so a set holds no rule that could not apply. */
  readonly sets: Readonly<Record<Question, QuestionSets>>;
  /** The bundle's own part of every context: `threshold` and `list`. */
  readonly given: {
    readonly threshold: Readonly<Record<string, number>>;
    readonly list: { readonly useCases: string[] };
  };
}

/** How many sets one engine keeps parsed: six a bundle at most; tenants differ, and a reload stands beside what it replaces. */
const SLOTS = 96;
/** The engine's own permit: without one, Cedar denies everything, and says no reason. */
const PERMIT_ALL = 'permit (principal, action, resource);';
export const PERMIT_ALL_ID = 'system.permit-all';

/**
 * Cedar has no call to drop a parsed set: a name can only be written over. So a fixed number of names goes round, the least recently
 * used first, and a reload frees what it displaces.
 */
class Slots {
  private readonly free = Array.from({ length: SLOTS }, (_, at) => `imprimatur-${at}`);
  /** In order of use, the least recent first. */
  private readonly names = new Map<RuleSet, string>();

  /** The name under which the engine holds `set` now; parses it again if its name was given away. */
  nameOf(set: RuleSet, cedar: Cedar): string {
    const name = this.names.get(set) ?? this.parse(set, cedar);
    this.names.delete(set);
    this.names.set(set, name);
    return name;
  }

  private parse({ schema, rules }: RuleSet, cedar: Cedar): string {
    const name = this.free.pop() ?? this.takeLeastRecent();
    const staticPolicies: Record<string, string> = { [PERMIT_ALL_ID]: PERMIT_ALL };
    for (const rule of rules) staticPolicies[rule.id] = rule.text;
    for (const answer of [cedar.preparseSchema(name, schema), cedar.preparsePolicySet(name, { staticPolicies })]) {
      if (answer.type === 'success') continue;
      this.free.push(name);
      throw new Error(`the bundle cannot be prepared: ${engineErrors(answer.errors)}`);
    }
    return name;
  }

  private takeLeastRecent(): string {
    const [oldest] = this.names;
    assert(oldest !== undefined, 'no name is free, so one is taken');
    this.names.delete(oldest[0]);
    return oldest[1];
  }
}

/** One ring for the whole module: names must stay unique even when callers hold the same engine under two module objects. */
const ring = new Slots();

/** The name inside the engine of the rules that could apply to what is asked, for one evaluation. */
export function nameInEngine(prepared: PreparedBundle, { question, facts }: PolicyQuestion): string {
  const { all, unguarded, guards } = prepared.sets[question];
  const isPlain = facts.promptCategories?.every((category) => !guards.has(category)) ?? false;
  return ring.nameOf(isPlain ? unguarded : all, prepared.cedar);
}

function setsOf({ schema }: Bundle, rules: readonly Rule[]): QuestionSets {
  const guarded = rules.map((rule) => ({ rule, guard: guardOf(rule.condition) }));
  return {
    all: { schema, rules },
    unguarded: { schema, rules: guarded.filter(({ guard }) => guard === null).map(({ rule }) => rule) },
    guards: new Set(guarded.flatMap(({ guard }) => guard ?? [])),
  };
}

/** Makes a loaded bundle ready to be asked. Rules that are off are left out. */
export function prepare(bundle: Bundle, cedar: Cedar): PreparedBundle {
  const { name, version } = bundle.manifest;
  const rules = bundle.rules.filter((rule) => rule.mode !== 'off');
  const asked = (question: Question): QuestionSets =>
    setsOf(
      bundle,
      rules.filter((rule) => rule.questions.includes(question)),
    );
  return {
    ref: { name, version, hash: bundle.hash },
    bundle,
    cedar,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    sets: { EditTurn: asked('EditTurn'), AutoRelease: asked('AutoRelease'), Export: asked('Export') },
    given: {
      threshold: bundle.data.thresholds,
      list: { useCases: bundle.data.useCases.map(({ id }) => id) },
    },
  };
}

/** The same rules, all enforced: what golden tests and simulations of a draft ask. */
export function prepareEnforced(bundle: Bundle, cedar: Cedar): PreparedBundle {
  return prepare({ ...bundle, rules: bundle.rules.map((rule) => ({ ...rule, mode: 'enforce' as const })) }, cedar);
}
