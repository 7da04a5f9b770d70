import type { BundleData } from './bundle.data.js';
import { ruleMatches } from './queues.check.js';
import { type Queue, type RouteCondition, SYSTEM_QUEUE } from './queues.data.js';
import { afterWorkingMinutes } from './working.hours.js';

const MINUTE_MS = 60_000;

/** What is known of a turn that must wait for a person. */
export interface Routed {
  /** Ids of the rules that held it. */
  readonly rules: readonly string[];
  /** Queues that those rules name. */
  readonly queues: readonly string[];
  /** Classes of the taxonomy that were found in it. */
  readonly classes: readonly string[];
  readonly useCase: string;
  readonly channel: string;
  readonly territory: string;
}

/** Where it waits, how urgently, and until when it should be decided. */
export interface Routing {
  readonly queue: string;
  readonly priority: number;
  readonly dueAt: Date;
  /** Id of the route that decided; null: the bundle has none, and the rules' own queue was taken. */
  readonly route: string | null;
}

/** Stands in where the rules name no queue that the bundle has, or where there is no bundle at all. */
export const LAST_RESORT: Queue = {
  ...{ id: SYSTEM_QUEUE, title: 'Policy failures', priority: 0, dueMinutes: 60 },
  ...{ approvals: { count: 1 }, undoSeconds: 0, appealDays: 14, highRisk: true, publication: false },
};

type RoutingData = Pick<BundleData, 'queues' | 'routes' | 'workingHours'>;
const NO_DATA: RoutingData = { queues: [], routes: [], workingHours: [] };

/** The first route that matches decides; without routes, of all queues that the rules name the one that stands first. Null: there is no bundle to ask. */
export function routeOf(data: RoutingData | null, routed: Routed, now: Date): Routing {
  const bundle = data ?? NO_DATA;
  const named = bundle.queues.find(({ id }) => routed.queues.includes(id)) ?? queueIn(bundle, SYSTEM_QUEUE);
  const route = bundle.routes.find(({ when }) => when === undefined || matches(when, routed, named));
  const queue = route?.to === undefined ? named : queueIn(bundle, route.to);
  return {
    queue: queue.id,
    priority: route?.priority ?? queue.priority,
    dueAt: dueAt(bundle, queue, now, route?.dueMinutes ?? queue.dueMinutes),
    route: route?.id ?? null,
  };
}

/** The same for what is put into a queue by its name; null, or a name that the bundle does not have: the queue of what no rule names. */
export function placeIn(data: RoutingData | null, id: string | null, now: Date): Routing {
  const bundle = data ?? NO_DATA;
  const queue = queueIn(bundle, id ?? SYSTEM_QUEUE);
  return { queue: queue.id, priority: queue.priority, dueAt: dueAt(bundle, queue, now, queue.dueMinutes), route: null };
}

function queueIn({ queues }: RoutingData, id: string): Queue {
  return queues.find((queue) => queue.id === id) ?? LAST_RESORT;
}

function matches(when: RouteCondition, routed: Routed, named: Queue): boolean {
  const has = (list: readonly string[] | undefined, words: readonly string[]): boolean =>
    list === undefined || list.some((word) => words.includes(word));
  return (
    (when.rules === undefined || when.rules.some((pattern) => routed.rules.some((rule) => ruleMatches(pattern, rule)))) &&
    has(when.classes, routed.classes) &&
    has(when.useCases, [routed.useCase]) &&
    has(when.channels, [routed.channel]) &&
    has(when.territories, [routed.territory]) &&
    has(when.queues, [named.id]) &&
    (when.priorityMax === undefined || named.priority <= when.priorityMax)
  );
}

function dueAt({ workingHours }: RoutingData, queue: Queue, now: Date, minutes: number): Date {
  const hours = workingHours.find(({ id }) => id === queue.hours);
  return hours ? afterWorkingMinutes(hours, now, minutes) : new Date(now.getTime() + minutes * MINUTE_MS);
}
