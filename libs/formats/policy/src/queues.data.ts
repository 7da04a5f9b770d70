import { ROLES } from '@imprimatur/kernel';
import { z } from 'zod';
import { queueDecisions } from './review.data.js';
import { isTimeZone, WEEKDAYS } from './working.hours.js';

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const TIME = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** A rule by its id, or every rule below a name: `moderation.*`. */
const RULES = /^[a-z0-9_]+([.-][a-z0-9_]+)*(\.\*)?$/;

const name = z.string().regex(NAME);
const prose = z.string().trim().min(1);
const urgency = z.int().min(0).max(9);
const words = z.array(prose).min(1);

/** `2026-02-31` looks like a day, and would never come. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Where a turn waits when the policy could not be evaluated. Every bundle has it. */
export const SYSTEM_QUEUE = 'policy';
/** How many tasks a reviewer may hold at once where the bundle says nothing. */
export const CLAIMS_MAX = 5;

const queue = z.strictObject({
  id: name,
  title: prose,
  /** 0 is the most urgent. */
  priority: urgency,
  dueMinutes: z.int().positive(),
  /** Working hours that `dueMinutes` count in; around the clock when left out. */
  hours: name.optional(),
  /** How many of its tasks one reviewer may hold at once, beside the limit over all queues. */
  claimsMax: z.int().positive().max(100).optional(),
  /** What happens to a task that nobody decided in time. */
  onBreach: z.strictObject({ raiseBy: z.int().min(0).max(9).default(1), to: name.optional() }).optional(),
  /** Roles that are told of a breach. */
  leads: z.array(z.enum(ROLES)).optional(),
  /** required: whoever decides here signs it with an authenticator of their own. */
  signature: z.enum(['required', 'optional']).optional(),
  ...queueDecisions,
});

const workingHours = z
  .strictObject({
    id: name,
    timeZone: z.string().refine(isTimeZone, 'is no time zone; write one of the IANA names, such as Europe/Berlin'),
    days: z.array(z.enum(WEEKDAYS)).min(1),
    from: z.string().regex(TIME),
    until: z.string().regex(TIME),
    holidays: z.array(z.string().regex(DAY).refine(isDay, 'is no day of the calendar')).default([]),
  })
  .refine(({ from, until }) => from < until, { error: 'the day must end after it begins', path: ['until'] });

/** Every condition that stands there must hold; of a list, one member. */
const condition = z
  .strictObject({
    /** Of a finding that held it. */
    rules: z.array(z.string().regex(RULES)).min(1).optional(),
    /** Of the taxonomy, found in prompt or picture. */
    classes: words.optional(),
    useCases: words.optional(),
    channels: words.optional(),
    territories: words.optional(),
    /** The queue that the rules name. */
    queues: words.optional(),
    /** That queue is at least so urgent. */
    priorityMax: urgency.optional(),
  })
  .refine((all) => Object.keys(all).length > 0, 'a condition that says nothing; leave `when` out');

const route = z.strictObject({
  id: name,
  /** Left out in the last route, and only there: it takes what no other does. */
  when: condition.optional(),
  /** Left out: the queue that the rules name. */
  to: name.optional(),
  /** Left out: that of the queue. */
  priority: urgency.optional(),
  dueMinutes: z.int().positive().optional(),
});

/** `data/queues.yaml`. Queues stand most urgent first: a turn held by several rules waits in the queue that stands first, unless a route says otherwise. */
export const queuesFile = z.strictObject({
  queues: z
    .array(queue)
    .refine(
      (all) => all.some(({ id }) => id === SYSTEM_QUEUE),
      `needs a queue '${SYSTEM_QUEUE}': turns wait there when the policy itself fails`,
    ),
  hours: z.array(workingHours).default([]),
  /** The first that matches decides. */
  routes: z.array(route).default([]),
  /** How many tasks one reviewer may hold at once, over all queues. */
  claimsMax: z.int().positive().max(100).default(CLAIMS_MAX),
});

export type QueuesFile = z.infer<typeof queuesFile>;
export type Queue = QueuesFile['queues'][number];
export type Route = QueuesFile['routes'][number];
export type RouteCondition = NonNullable<Route['when']>;
