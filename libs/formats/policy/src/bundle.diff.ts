import type { Bundle, Rule } from './bundle.types.js';
import { moduleDifferences, tellModule, usageTextDifferences } from './training.diff.js';
import type { Condition } from './review.data.js';
import { lexiconFormat, type Lexicon } from './lexicon.read.js';
import { parse } from 'yaml';

export const CHANGE_AREAS = [
  'bundle',
  'rule',
  'threshold',
  'use case',
  'channel',
  'queue',
  'working hours',
  'route',
  'reason code',
  'condition',
  'class',
  'brand',
  'territory',
  'word list',
  'training module',
  'usage text',
  'golden tests',
  'schema',
] as const;
export type ChangeArea = (typeof CHANGE_AREAS)[number];

/** One thing that is not as it was. */
export interface BundleChange {
  readonly area: ChangeArea;
  readonly id: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** What changed, one line each, for people. */
  readonly words: readonly string[];
}

/** How many entries of a word list are named; the others are counted. */
const NAMED_MAX = 5;

/** What changed from one bundle to another, by area; empty: both decide alike and tell the same. */
export function diffBundles(from: Bundle, to: Bundle): readonly BundleChange[] {
  return [
    ...changed('bundle', 'bundle.yaml', manifestDifferences(from, to)),
    ...listed('rule', from.rules, to.rules, ({ id }) => id, aboutRule, ruleDifferences),
    ...listed(
      'threshold',
      Object.entries(from.data.thresholds),
      Object.entries(to.data.thresholds),
      ([name]) => name,
      ([, value]) => [String(value)],
      ([, before], [, after]) => fieldDifferences({ value: before }, { value: after }),
    ),
    ...records('use case', from.data.useCases, to.data.useCases),
    ...records('channel', from.data.channels, to.data.channels),
    ...queueChanges(from, to),
    ...reasonCodeChanges(from, to),
    ...records('condition', from.data.conditions.map(withId), to.data.conditions.map(withId)),
    ...records('class', from.data.taxonomy.classes, to.data.taxonomy.classes),
    ...changed('brand', 'data/brands.yaml', fieldDifferences(from.data.brands ?? {}, to.data.brands ?? {})),
    ...records('territory', from.data.territories?.territories ?? [], to.data.territories?.territories ?? []),
    ...changed(
      'territory',
      'elsewhere',
      fieldDifferences({ demands: from.data.territories?.elsewhere ?? [] }, { demands: to.data.territories?.elsewhere ?? [] }),
    ),
    ...lexiconChanges(from, to),
    ...listed(
      'training module',
      from.data.training,
      to.data.training,
      ({ id }) => id,
      ({ title }) => [title],
      (before, after) => [...fieldDifferences(tellModule(before), tellModule(after)), ...moduleDifferences(before, after)],
    ),
    ...changed('usage text', 'data/acknowledgement.yaml', usageTextDifferences(from.data.usageText, to.data.usageText)),
    ...goldenChanges(from, to),
    ...changed('schema', 'schema.cedarschema', from.schema === to.schema ? [] : ['the facts that rules may use are declared differently']),
  ];
}

function changed(area: ChangeArea, id: string, words: readonly string[]): readonly BundleChange[] {
  return words.length === 0 ? [] : [{ area, id, kind: 'changed', words }];
}

/** Members of two lists by their id, in the order of the newer list, what is gone last. */
function listed<T>(
  area: ChangeArea,
  before: readonly T[],
  after: readonly T[],
  idOf: (member: T) => string,
  about: (member: T) => readonly string[],
  differences: (one: T, other: T) => readonly string[],
): readonly BundleChange[] {
  const old = new Map(before.map((member) => [idOf(member), member]));
  const kept = new Set(after.map(idOf));
  return [
    ...after.flatMap((member): readonly BundleChange[] => {
      const former = old.get(idOf(member));
      if (former === undefined) return [{ area, id: idOf(member), kind: 'added', words: about(member) }];
      return changed(area, idOf(member), differences(former, member));
    }),
    ...before
      .filter((member) => !kept.has(idOf(member)))
      .map((member): BundleChange => ({ area, id: idOf(member), kind: 'removed', words: about(member) })),
  ];
}

function records<T extends { readonly id: string; readonly title: string }>(
  area: ChangeArea,
  before: readonly T[],
  after: readonly T[],
): readonly BundleChange[] {
  return listed(
    area,
    before,
    after,
    ({ id }) => id,
    ({ title }) => [title],
    fieldDifferences,
  );
}

/** `title: Draft -> Internal draft`, for every field that is not the same. */
function fieldDifferences(before: object, after: object): readonly string[] {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((field) => JSON.stringify(old.get(field)) !== JSON.stringify(now.get(field)))
    .map((field) => `${field}: ${told(old.get(field))} -> ${told(now.get(field))}`);
}

function told(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  return typeof value === 'string' ? value : Array.isArray(value) ? value.map(told).join(', ') : JSON.stringify(value);
}

/** Modes are told of the rules that they move. */
function manifestDifferences(before: Bundle, after: Bundle): readonly string[] {
  const plain = ({ manifest: { name, version, description, owners, approvers, effective } }: Bundle) => ({
    ...{ name, version, description, owners, approvers, effective },
  });
  return fieldDifferences(plain(before), plain(after));
}

function aboutRule({ outcome, gate, mode, reason, citation }: Rule): readonly string[] {
  return [`${outcome} at the ${gate} gate${mode === 'enforce' ? '' : `, ${mode}`}: ${reason}`, `citation: ${citation}`];
}

function ruleDifferences(before: Rule, after: Rule): readonly string[] {
  const fields = ({ outcome, gate, mode, queue, questions, reason, citation, remedy }: Rule) => ({
    ...{ outcome, gate, mode, queue, questions, reason, citation, remedy },
  });
  const [old, now] = [conditionOf(before), conditionOf(after)];
  return [...fieldDifferences(fields(before), fields(after)), ...(old === now ? [] : [`condition was: ${old}`, `condition is:  ${now}`])];
}

/** What stands behind `when` and `unless`, on one line and without comments. */
function conditionOf({ text }: Rule): string {
  const plain = text.replaceAll(/\/\/.*$/gm, '').replaceAll(/\s+/g, ' ');
  return /\b(?:when|unless) \{.*$/.exec(plain)?.[0]?.replace(/;\s*$/, '') ?? plain;
}

const titled = <T extends { readonly id: string }>(member: T) => ({ ...member, title: member.id });

/** The first route that matches decides, so their order is what they say. */
function reorderedRoutes(before: readonly { readonly id: string }[], after: readonly { readonly id: string }[]): readonly string[] {
  const kept = (some: typeof before, others: typeof before): string =>
    some
      .map(({ id }) => id)
      .filter((id) => others.some((other) => other.id === id))
      .join(', ');
  const [old, now] = [kept(before, after), kept(after, before)];
  return old === now ? [] : [`order: ${old} -> ${now}`];
}

function queueChanges({ data: before }: Bundle, { data: after }: Bundle): readonly BundleChange[] {
  const order = (queues: typeof before.queues): string => queues.map(({ id }) => id).join(', ');
  const moved = [before.queues, after.queues].map((queues) => [...queues].sort((a, b) => (a.id < b.id ? -1 : 1)));
  const sameMembers = JSON.stringify(moved[0]?.map(({ id }) => id)) === JSON.stringify(moved[1]?.map(({ id }) => id));
  const reordered = sameMembers && order(before.queues) !== order(after.queues);
  return [
    ...records('queue', before.queues, after.queues),
    ...changed('queue', 'order', reordered ? [`order: ${order(before.queues)} -> ${order(after.queues)}`] : []),
    ...changed('queue', 'claims', fieldDifferences({ claimsMax: before.claimsMax }, { claimsMax: after.claimsMax })),
    ...records('working hours', before.workingHours.map(titled), after.workingHours.map(titled)),
    ...records('route', before.routes.map(titled), after.routes.map(titled)),
    ...changed('route', 'order', reorderedRoutes(before.routes, after.routes)),
  ];
}

function reasonCodeChanges({ data: before }: Bundle, { data: after }: Bundle): readonly BundleChange[] {
  const flat = ({ reasonCodes }: typeof before) =>
    Object.entries(reasonCodes).flatMap(([outcome, codes]) =>
      codes.map(({ code, label, text }) => ({ id: `${outcome}/${code}`, title: label, text })),
    );
  return records('reason code', flat(before), flat(after));
}

const withId = ({ code, label, ...rest }: Condition) => ({ id: code, title: label, ...rest });

function lexiconChanges({ lexicons: before }: Bundle, { lexicons: after }: Bundle): readonly BundleChange[] {
  return listed(
    'word list',
    Object.entries(before),
    Object.entries(after),
    ([path]) => path,
    ([, text]) => {
      const { class: name, entries, combinations } = read(text);
      return [`${name}: ${entries.length} phrases, ${combinations.length} combinations`];
    },
    ([, old], [, now]) => (old === now ? [] : lexiconDifferences(read(old), read(now))),
  );
}

function read(text: string): Lexicon {
  return lexiconFormat.parse(parse(text, { maxAliasCount: 0, uniqueKeys: true }));
}

function lexiconDifferences(before: Lexicon, after: Lexicon): readonly string[] {
  const scores = (lexicon: Lexicon) => new Map(lexicon.entries.map(({ pattern, score }) => [pattern, score]));
  const [old, now] = [scores(before), scores(after)];
  const added = [...now.keys()].filter((pattern) => !old.has(pattern));
  const removed = [...old.keys()].filter((pattern) => !now.has(pattern));
  const moved = [...now].filter(([pattern, score]) => old.has(pattern) && old.get(pattern) !== score);
  const words = [
    ...(before.class === after.class ? [] : [`class: ${before.class} -> ${after.class}`]),
    ...counted('phrases added', added),
    ...counted('phrases removed', removed),
    ...counted(
      'phrases with another score',
      moved.map(([pattern, score]) => `${pattern} ${old.get(pattern) ?? ''} -> ${score}`),
    ),
    ...(JSON.stringify(before.combinations) === JSON.stringify(after.combinations)
      ? []
      : [`combinations: ${before.combinations.length} -> ${after.combinations.length}, or with other words`]),
    ...counted('harmless phrases added', without(after.allow, before.allow)),
    ...counted('harmless phrases removed', without(before.allow, after.allow)),
  ];
  return words.length > 0 ? words : ['written differently, and finds the same'];
}

const without = (all: readonly string[], others: readonly string[]): readonly string[] => all.filter((each) => !others.includes(each));

function counted(what: string, members: readonly string[]): readonly string[] {
  if (members.length === 0) return [];
  const named = members.slice(0, NAMED_MAX).join('; ');
  return [`${what}: ${members.length} (${named}${members.length > NAMED_MAX ? '; ...' : ''})`];
}

/** Tests that a rule lost are what a reviewer should look at first. */
function goldenChanges(from: Bundle, to: Bundle): readonly BundleChange[] {
  const perRule = ({ rules, goldens }: Bundle) =>
    rules.map(({ id }) => ({
      id,
      tests: goldens
        .filter(({ rule }) => rule === id)
        .map(({ file: _file, line: _line, ...test }) => JSON.stringify(test))
        .sort(),
    }));
  const old = new Map(perRule(from).map(({ id, tests }) => [id, tests]));
  return perRule(to).flatMap(({ id, tests }) => {
    const before = old.get(id);
    if (before === undefined) return [];
    const [added, removed] = [without(tests, before).length, without(before, tests).length];
    return changed('golden tests', id, added + removed === 0 ? [] : [`${added} added or changed, ${removed} removed or changed`]);
  });
}
