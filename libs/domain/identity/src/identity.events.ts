import type { NewEvent } from '@imprimatur/domain/ledger';
import type { GrantId, Role } from '@imprimatur/kernel';
import type { ApiKey, Subject, Tenant } from './identity.types.js';

/** Names are personal or confidential: they travel as sealed parts. A tenant's name dies with its key, a person's with the person's. */
export function tenantCreated(tenant: Tenant): NewEvent {
  return {
    type: 'tenant.created',
    about: [{ kind: 'tenant', id: tenant.id }],
    facts: {},
    parts: { name: { value: tenant.name, subjects: [] } },
  };
}

export function memberAdded(member: Subject, issuer: string): NewEvent {
  return {
    type: 'member.added',
    about: [{ kind: 'subject', id: member.id }],
    facts: { kind: member.kind, ref: member.ref },
    parts: {
      issuer: { value: issuer, subjects: [member.id] },
      ...(member.displayName === null ? {} : { name: { value: member.displayName, subjects: [member.id] } }),
    },
  };
}

const aboutGrant = (member: Pick<Subject, 'id'>, grant: GrantId): NewEvent['about'] => [
  { kind: 'subject', id: member.id },
  { kind: 'grant', id: grant },
];

/** Who acts confirmed it, unless `alone`: then nobody else was asked. `proposedBy`: the other hand's pseudonym. */
export function roleGranted(
  member: Pick<Subject, 'id' | 'ref'>,
  { id, role, isAlone, proposedBy }: { readonly id: GrantId; readonly role: Role; readonly isAlone: boolean; readonly proposedBy: string },
): NewEvent {
  return { type: 'role.granted', about: aboutGrant(member, id), facts: { ref: member.ref, role, alone: isAlone, proposedBy } };
}

export function roleProposed(member: Pick<Subject, 'id' | 'ref'>, id: GrantId, role: Role): NewEvent {
  return { type: 'role.proposed', about: aboutGrant(member, id), facts: { ref: member.ref, role } };
}

/** What was proposed came to nothing. */
export function roleDeclined(member: Pick<Subject, 'id' | 'ref'>, { id, role }: { readonly id: GrantId; readonly role: Role }): NewEvent {
  return { type: 'role.declined', about: aboutGrant(member, id), facts: { ref: member.ref, role } };
}

export function roleRevoked(member: Pick<Subject, 'id' | 'ref'>, role: Role): NewEvent {
  return { type: 'role.revoked', about: [{ kind: 'subject', id: member.id }], facts: { ref: member.ref, role } };
}

export function keyCreated(key: ApiKey, service: Pick<Subject, 'id' | 'ref'>): NewEvent {
  return {
    type: 'key.created',
    about: [
      { kind: 'key', id: key.id },
      { kind: 'subject', id: service.id },
    ],
    facts: { ref: service.ref, roles: [...key.roles], scopes: [...key.scopes], expiresAt: key.expiresAt?.toISOString() ?? null },
    parts: { name: { value: key.name, subjects: [] } },
  };
}

export function keyRevoked(key: ApiKey): NewEvent {
  return { type: 'key.revoked', about: [{ kind: 'key', id: key.id }], facts: {} };
}
