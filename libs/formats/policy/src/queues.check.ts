import type { BundleData } from './bundle.data.js';
import type { BundleProblem, BundleProblemCode } from './bundle.files.js';
import type { Rule } from './bundle.types.js';
import type { Queue } from './queues.data.js';
import { slotsOf } from './review.data.js';

const FILE = 'data/queues.yaml';

type Path = readonly PropertyKey[];

/**
 * Names in `data/queues.yaml` that nothing bears. A route whose class is misspelt never matches, and nobody notices: what it should have caught waits
 * elsewhere.
 */
export function checkQueues(rules: readonly Rule[], data: BundleData, lineOf: (path: Path) => number, problems: BundleProblem[]): void {
  const complain = (path: Path, message: string, code: BundleProblemCode = 'BUNDLE_DATA_INVALID'): void =>
    void problems.push({ code, where: FILE, line: lineOf(path), message });
  const queues = data.queues.map(({ id }) => id);
  const known = {
    classes: data.taxonomy.classes.map(({ id }) => id),
    useCases: data.useCases.map(({ id }) => id),
    channels: data.channels.map(({ id }) => id),
    queues,
  };
  for (const [at, queue] of data.queues.entries()) {
    const { id, hours, onBreach } = queue;
    const path = ['queues', at];
    if (hours !== undefined && !data.workingHours.some((each) => each.id === hours))
      complain([...path, 'hours'], `'${hours}' is not among the hours`);
    const to = onBreach?.to;
    if (to !== undefined && !queues.includes(to)) complain([...path, 'onBreach', 'to'], `'${to}' is no queue`);
    if (to === id) complain([...path, 'onBreach', 'to'], `a task of '${id}' that is late is moved to '${id}'`);
    const target = data.queues.find((each) => each.id === to);
    for (const demand of target ? dropped(queue, target) : [])
      complain([...path, 'onBreach', 'to'], `a task of '${id}' that is late is moved to '${to}', which does not ask for ${demand}`);
  }
  for (const [at, { when, to }] of data.routes.entries()) {
    const path = ['routes', at];
    const isLast = at === data.routes.length - 1;
    if (when === undefined && !isLast) complain(path, 'a route without `when` takes everything: what stands below is never reached');
    if (when !== undefined && isLast) complain(path, 'the last route is the default and has no `when`');
    if (to !== undefined && !queues.includes(to)) complain([...path, 'to'], `'${to}' is no queue`);
    for (const [list, words] of Object.entries(known) as [keyof typeof known, readonly string[]][]) {
      for (const [place, word] of (when?.[list] ?? []).entries())
        if (!words.includes(word)) complain([...path, 'when', list, place], `'${word}' is not among the ${PLURALS[list]} of the bundle`);
    }
    for (const [place, pattern] of (when?.rules ?? []).entries())
      if (!matchesAny(pattern, rules)) complain([...path, 'when', 'rules', place], `no rule is called '${pattern}'`, 'RULE_UNKNOWN');
  }
}

const PLURALS = { classes: 'classes', useCases: 'use cases', channels: 'channels', queues: 'queues' } as const;

/** What `from` demands of its decisions and `to` does not: whoever lets a task lie must not gain by it. */
function dropped(from: Queue, to: Queue): readonly string[] {
  const [asked, given] = [slotsOf(from), slotsOf(to)];
  const count = (slots: typeof asked, slot: string): number => slots.filter((each) => each === slot).length;
  const roles = [...new Set(asked)].filter((slot) => slot !== 'any' && count(given, slot) < count(asked, slot));
  return [
    ...(from.signature === 'required' && to.signature !== 'required' ? ['a signature'] : []),
    ...(given.length < asked.length ? [`${asked.length} approvals`] : []),
    ...roles.map((role) => `an approval of '${role}'`),
    ...(from.highRisk && !to.highRisk ? ['being decided one by one'] : []),
  ];
}

/** Findings of the system itself (`system.moderator_unavailable`) have no rule in the bundle. */
function matchesAny(pattern: string, rules: readonly Rule[]): boolean {
  return pattern.startsWith('system.') || rules.some(({ id }) => ruleMatches(pattern, id));
}

/** `moderation.*` stands for every rule below that name. */
export function ruleMatches(pattern: string, rule: string): boolean {
  return pattern.endsWith('.*') ? rule.startsWith(pattern.slice(0, -1)) : rule === pattern;
}
