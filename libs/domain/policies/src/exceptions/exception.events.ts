import type { About, NewEvent } from '@imprimatur/domain/ledger';
import type { ExceptionId } from '@imprimatur/kernel';
import type { ExceptionScope, NewException, PolicyException } from './exception.types.js';

const about = (id: ExceptionId, scope: ExceptionScope): readonly About[] => [
  { kind: 'exception', id },
  ...(scope.kind === 'use-case' ? [] : [{ kind: scope.kind, id: scope.id }]),
];

/** Why is the tenant's own knowledge, as with a hold. */
const why = (reason: string): NewEvent['parts'] => ({ reason: { value: reason.trim(), subjects: [] } });

export function exceptionBegan(id: ExceptionId, { rule, scope, owner, until, reason }: NewException, isBreakGlass: boolean): NewEvent {
  return {
    type: isBreakGlass ? 'exception.glass-broken' : 'exception.proposed',
    about: about(id, scope),
    facts: { rule, scope: scope.kind, ...(scope.kind === 'use-case' ? { useCase: scope.id } : {}), owner, until: until.toISOString() },
    parts: why(reason),
  };
}

export function exceptionApproved({ id, scope, rule, until }: PolicyException): NewEvent {
  return { type: 'exception.approved', about: about(id, scope), facts: { rule, until: until.toISOString() } };
}

export function glassReviewed({ id, scope, rule }: PolicyException, justified: boolean, reason: string): NewEvent {
  return { type: 'exception.reviewed', about: about(id, scope), facts: { rule, justified }, parts: why(reason) };
}

export function exceptionEnded({ id, scope, rule }: PolicyException, reason: string): NewEvent {
  return { type: 'exception.ended', about: about(id, scope), facts: { rule }, parts: why(reason) };
}
