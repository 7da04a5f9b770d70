import type { Refusal } from '@imprimatur/kernel';

export type GrantNotOpen = Refusal<'GRANT_NOT_OPEN'>;
export type GrantNeedsAnother = Refusal<'GRANT_NEEDS_ANOTHER'>;
export type RoleCooling = Refusal<'ROLE_COOLING'>;
export type GrantRefusal = GrantNotOpen | GrantNeedsAnother;

export function grantNotOpen(state: string): GrantNotOpen {
  return {
    code: 'GRANT_NOT_OPEN',
    message: `The grant is ${state}: only a proposed one is confirmed.`,
    remedy: 'Look at the grants of the member; propose it anew with grantRole where it has ended.',
  };
}

export function grantNeedsAnother(): GrantNeedsAnother {
  return {
    code: 'GRANT_NEEDS_ANOTHER',
    message: 'A role is confirmed by somebody who neither proposed it nor gets it.',
    remedy: 'Ask another tenant-admin to confirm it.',
  };
}

export function roleCooling(from: Date): RoleCooling {
  return {
    code: 'ROLE_COOLING',
    message: `Your role was granted lately and may not decide before ${from.toISOString()}.`,
    remedy: 'Wait until then, or ask somebody who has had the role for longer.',
  };
}
