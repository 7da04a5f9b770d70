import { z } from 'zod';
import { OPERATIONS } from './question.js';

/** Whoever may decide at all, and the roles of whom a place may be kept for. A place that nobody can take would hold a turn for ever. */
export const SLOT_ROLES = ['approver', 'legal'] as const;

/** `data/queues.yaml`: how a task of a queue is decided. */
export const queueDecisions = {
  /** Who must approve, each place by another person: a number of anybody, or a list of roles. */
  approvals: z
    .union([
      z.strictObject({ count: z.int().min(1).max(5) }),
      z
        .array(z.strictObject({ role: z.enum(SLOT_ROLES) }))
        .min(1)
        .max(5),
    ])
    .default({ count: 1 }),
  /** For how long whoever decided may take it back; what follows from a decision waits as long. */
  undoSeconds: z.int().min(0).max(600).default(0),
  /** Within how many days the requester may appeal; 0: never. */
  appealDays: z.int().min(0).max(365).default(14),
  /** Decided one by one, never many at once. */
  highRisk: z.boolean().default(false),
  /** Where what was released without a person waits for the approval to leave the house. The first one counts. */
  publication: z.boolean().default(false),
};

/**
 * `data/reason-codes.yaml`, `conditions`. `channels`: exported for the channels that the reviewer names only. `declaration`: whoever exports it
 * declares that it is met. `operations`: later turns of the session leave these kinds of change to the picture alone.
 */
export const condition = z
  .strictObject({
    code: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    label: z.string().trim().min(1),
    text: z.enum(['required', 'optional']),
    kind: z.enum(['channels', 'declaration', 'operations']),
    forbids: z.array(z.enum(OPERATIONS)).default([]),
  })
  .refine(
    ({ kind, forbids }) => (kind === 'operations') === forbids.length > 0,
    "names what it 'forbids' exactly where its kind is operations",
  );
export type Condition = z.infer<typeof condition>;

/** One place per approval that a queue needs: a role, or anybody who may decide. */
export function slotsOf({ approvals }: { readonly approvals: z.infer<typeof queueDecisions.approvals> }): readonly Slot[] {
  return Array.isArray(approvals) ? approvals.map(({ role }) => role) : Array.from({ length: approvals.count }, () => 'any' as const);
}
export type Slot = (typeof SLOT_ROLES)[number] | 'any';
