import type { Role } from '@imprimatur/kernel';

/** `policy-admin` is POLICY_ADMIN in GraphQL. */
export function toRoleName(role: Role): string {
  return role.toUpperCase().replaceAll('-', '_');
}

export function fromRoleName(name: string): Role {
  return name.toLowerCase().replaceAll('_', '-') as Role;
}
