import type { Actor, Role } from '@imprimatur/kernel';
import { type Action, isAction, isSubjectType, type SubjectType } from './abilities.js';

const NAME_LENGTH_MAX = 200;

/** Everybody who may administer members hands out the roles of a tenant; the operator's role only an operator or the system. */
export function mayGrant(actor: Actor, role: Role): boolean {
  return role !== 'operator' || actor.kind === 'system' || actor.roles.includes('operator');
}

export function isName(text: string): boolean {
  return text.trim().length > 0 && text.length <= NAME_LENGTH_MAX;
}

/** `submit:Turn`, `read:*`, `*:Asset`, `*:*`. */
export function isScope(text: string): boolean {
  const [action = '', subjectType = '', ...rest] = text.split(':');
  return rest.length === 0 && (action === '*' || isAction(action)) && (subjectType === '*' || isSubjectType(subjectType));
}

/** Whether a key's scopes reach this far. Null scopes (a person) reach as far as the roles do. */
export function scopesReach(scopes: readonly string[] | null, action: Action, subjectType: SubjectType): boolean {
  if (scopes === null) return true;
  const actions = [action, '*'];
  const types = [subjectType, '*'];
  return scopes.some((scope) => {
    const [scopeAction = '', scopeType = ''] = scope.split(':');
    return actions.includes(scopeAction) && types.includes(scopeType);
  });
}

/** Whether a key may be used at `now`. */
export function isKeyValid(key: { readonly expiresAt: Date | null; readonly revokedAt: Date | null }, now: Date): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
}

const MAIL_ADDRESS =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The form that browsers take too: one address and nothing beside it, so that no header can be slipped in. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && MAIL_ADDRESS.test(text);
}
