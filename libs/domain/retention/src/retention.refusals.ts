import type { Forbidden, HoldId, NotFound, Refusal } from '@imprimatur/kernel';
import type { RetentionClass } from './retention.types.js';

export type HoldInvalid = Refusal<'HOLD_INVALID'>;
export type HoldExists = Refusal<'HOLD_EXISTS'> & { readonly hold: HoldId };
export type HoldReleased = Refusal<'HOLD_RELEASED'>;
export type OwnHold = Refusal<'OWN_HOLD'>;
export type HoldOfCase = Refusal<'HOLD_OF_CASE'>;
export type HoldRefusal = NotFound | Forbidden | HoldInvalid | HoldExists | HoldReleased | OwnHold | HoldOfCase;

export type RetentionRuleInvalid = Refusal<'RETENTION_RULE_INVALID'>;
export type RetentionRefusal = Forbidden | RetentionRuleInvalid;

export type UnderLegalHold = Refusal<'UNDER_LEGAL_HOLD'> & { readonly holds: readonly HoldId[] };
export type UnderRetentionDuty = Refusal<'UNDER_RETENTION_DUTY'> & { readonly classes: readonly RetentionClass[] };
export type PlanChanged = Refusal<'PLAN_CHANGED'>;
export type LastAdministrator = Refusal<'LAST_ADMINISTRATOR'>;
export type ReasonInvalid = Refusal<'REASON_INVALID'>;
export type ErasureRefusal = NotFound | Forbidden | UnderLegalHold | UnderRetentionDuty | PlanChanged | LastAdministrator | ReasonInvalid;

export function holdInvalid(what: string, wanted: string): HoldInvalid {
  return { code: 'HOLD_INVALID', message: `The ${what} of the hold is not usable.`, remedy: `Give ${wanted}.` };
}

export function holdExists(hold: HoldId): HoldExists {
  return {
    code: 'HOLD_EXISTS',
    message: 'It is under an active hold for the same matter already.',
    remedy: 'Rely on that hold, or name another matter.',
    hold,
  };
}

export function holdReleased(): HoldReleased {
  return { code: 'HOLD_RELEASED', message: 'This hold was released already.', remedy: 'Place a new one where it is needed again.' };
}

export function holdOfCase(): HoldOfCase {
  return {
    code: 'HOLD_OF_CASE',
    message: 'This hold is part of a quarantine case, and ends with it.',
    remedy: 'Its matter names the case: the two people of that case decide.',
  };
}

export function ownHold(): OwnHold {
  return {
    code: 'OWN_HOLD',
    message: 'A hold is released by another person than the one who placed it.',
    remedy: 'Ask a colleague in legal, or an administrator of the tenant.',
  };
}

export function retentionRuleInvalid(what: string): RetentionRuleInvalid {
  return {
    code: 'RETENTION_RULE_INVALID',
    message: `The rule cannot be set: ${what}.`,
    remedy: 'Give whole days from 1 to 36500, or leave them out; keep at least as long as the duty lasts; name the basis.',
  };
}

export function underLegalHold(holds: readonly HoldId[]): UnderLegalHold {
  return {
    code: 'UNDER_LEGAL_HOLD',
    message: `${holds.length === 1 ? 'A legal hold covers' : `${holds.length} legal holds cover`} what would be destroyed.`,
    remedy: 'Tell the person that the data must be kept for now, and erase it when every hold is released.',
    holds,
  };
}

export function underRetentionDuty(classes: readonly RetentionClass[]): UnderRetentionDuty {
  return {
    code: 'UNDER_RETENTION_DUTY',
    message: `Some of it must be kept by law or contract for now: ${classes.join(', ')}.`,
    remedy: 'The plan says on what grounds and until when. Erase it then, or correct the rule.',
    classes,
  };
}

export function planChanged(): PlanChanged {
  return {
    code: 'PLAN_CHANGED',
    message: 'What would be destroyed is not what the plan showed: something was added or removed since.',
    remedy: 'Ask for the plan again, look at it, and send its digest.',
  };
}

export function lastAdministrator(): LastAdministrator {
  return {
    code: 'LAST_ADMINISTRATOR',
    message: 'Nobody else may administer the tenant.',
    remedy: 'Grant the role tenant-admin to somebody else first.',
  };
}

export function reasonInvalid(charsMax: number): ReasonInvalid {
  return { code: 'REASON_INVALID', message: 'The reason is missing or too long.', remedy: `Say why in 1 to ${charsMax} characters.` };
}
