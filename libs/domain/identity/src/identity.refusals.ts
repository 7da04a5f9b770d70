import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import type { GrantRefusal } from './grants/grant.refusals.js';
import type { HandRefusal } from './signatures/signature.refusals.js';

export type RoleNotGrantable = Refusal<'ROLE_NOT_GRANTABLE'>;
export type IdentityTaken = Refusal<'IDENTITY_TAKEN'>;
export type NameInvalid = Refusal<'NAME_INVALID'>;
export type ScopeInvalid = Refusal<'SCOPE_INVALID'>;
export type ExpiryInvalid = Refusal<'EXPIRY_INVALID'>;
export type LastAdministrator = Refusal<'LAST_ADMINISTRATOR'>;

export type IdentityRefusal =
  | NotFound
  | Forbidden
  | RoleNotGrantable
  | IdentityTaken
  | NameInvalid
  | ScopeInvalid
  | ExpiryInvalid
  | LastAdministrator
  | GrantRefusal
  | HandRefusal;

export function roleNotGrantable(role: string): RoleNotGrantable {
  return {
    code: 'ROLE_NOT_GRANTABLE',
    message: `The role ${role} cannot be granted here.`,
    remedy: 'Grant a role of a tenant; only an operator makes operators.',
  };
}

export function identityTaken(): IdentityTaken {
  return {
    code: 'IDENTITY_TAKEN',
    message: 'This identity is a member of the tenant already.',
    remedy: 'Change the roles of the member that exists.',
  };
}

export function nameInvalid(): NameInvalid {
  return { code: 'NAME_INVALID', message: 'The name is empty or too long.', remedy: 'Give a name of 1 to 200 characters.' };
}

export function scopeInvalid(scope: string): ScopeInvalid {
  return {
    code: 'SCOPE_INVALID',
    message: `${scope.slice(0, 80)} is not a scope.`,
    remedy: 'Write action:Subject, for instance submit:Turn or read:*; an empty list gives the key nothing.',
  };
}

export function expiryInvalid(): ExpiryInvalid {
  return { code: 'EXPIRY_INVALID', message: 'The key would end before it began.', remedy: 'Give a time to come, or none.' };
}

export function lastAdministrator(): LastAdministrator {
  return {
    code: 'LAST_ADMINISTRATOR',
    message: 'A tenant keeps at least one tenant-admin.',
    remedy: 'Grant the role to somebody else first.',
  };
}

export type MailAddressInvalid = Refusal<'MAIL_ADDRESS_INVALID'>;

export function mailAddressInvalid(): MailAddressInvalid {
  return {
    code: 'MAIL_ADDRESS_INVALID',
    message: 'That is no mail address.',
    remedy: 'Give one address, such as name@example.org, without a display name.',
  };
}
