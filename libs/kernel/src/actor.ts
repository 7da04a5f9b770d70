import type { SubjectId, TenantId } from './ids.js';

/** What a person or a service may be in a tenant; `operator` runs the installation and sees no tenant's content. */
export const ROLES = ['creator', 'approver', 'legal', 'policy-admin', 'auditor', 'integrator', 'tenant-admin', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts. Plain data, so that it crosses processes and threads; made by the door, a job or a test, never by a room. */
export interface Actor {
  readonly kind: 'person' | 'service' | 'system';
  /** The subject behind the actor; null for the system itself. */
  readonly subject: SubjectId | null;
  /** Pseudonym written to the ledger instead of any name; `system` for the system. */
  readonly ref: string;
  readonly roles: readonly Role[];
}

/** One request or job: who acts, in which tenant, under which request id. */
export interface Context {
  readonly tenant: TenantId;
  readonly actor: Actor;
  readonly requestId: string;
}

/** The context of work that the service does by itself: a job, a recovery, the sequencer. */
export function systemContext(tenant: TenantId, requestId: string): Context {
  return { tenant, actor: { kind: 'system', subject: null, ref: 'system', roles: [] }, requestId };
}
