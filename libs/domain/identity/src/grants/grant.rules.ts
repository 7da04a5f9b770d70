import type { Actor, Role, SubjectId } from '@imprimatur/kernel';
import { type GrantRefusal, grantNeedsAnother, grantNotOpen } from './grant.refusals.js';
import type { GrantState, RoleGrant } from './grant.types.js';

/** Roles that decide, see everything or hand out roles. The trigger of `role_grant` has the same list. */
const PRIVILEGED: readonly Role[] = ['approver', 'legal', 'policy-admin', 'auditor', 'tenant-admin'];

export const isPrivileged = (role: Role): boolean => PRIVILEGED.includes(role);

export function grantStateOf({ endedAt, confirmed }: RoleGrant): GrantState {
  if (endedAt) return 'ended';
  return confirmed ? 'granted' : 'proposed';
}

/** Whether one hand is enough: while a tenant has no second administrator, nobody could confirm. */
export function countsAtOnce(role: Role, actor: Actor, everybody: readonly { readonly roles: readonly Role[] }[]): boolean {
  if (!isPrivileged(role) || actor.kind === 'system') return true;
  return everybody.filter(({ roles }) => roles.includes('tenant-admin')).length <= 1;
}

/** Why `by` may not confirm it, or null. */
export function confirmationRefusal(grant: RoleGrant, by: SubjectId): GrantRefusal | null {
  const state = grantStateOf(grant);
  if (state !== 'proposed') return grantNotOpen(state);
  return by === grant.proposedBy || by === grant.member ? grantNeedsAnother() : null;
}

/** When a role may first be used for what decides; what the service itself grants needs no rest. */
export function usableFrom(role: Role, actor: Actor, at: Date, coolingMinutes: number): Date {
  return isPrivileged(role) && actor.kind !== 'system' ? new Date(at.getTime() + coolingMinutes * 60_000) : at;
}
