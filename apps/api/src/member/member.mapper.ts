import { grantStateOf, type Member, type RoleGrant } from '@imprimatur/domain/identity';
import { type SubjectId, toPublicId } from '@imprimatur/kernel';
import { toRoleName } from '../viewer/role.mapper.js';

export interface MemberParent {
  readonly subjectId: SubjectId;
}

export function toMember({ subject, roles, createdAt }: Member): MemberParent & Readonly<Record<string, unknown>> {
  return {
    __typename: 'Member',
    id: toPublicId('subject', subject.id),
    subjectId: subject.id,
    ref: subject.ref,
    displayName: subject.displayName,
    roles: roles.map(toRoleName),
    createdAt,
  };
}

export function toGrant(grant: RoleGrant): object {
  const { id, role, isAlone, proposedBy, proposedAt, confirmed, entry } = grant;
  return {
    __typename: 'RoleGrant',
    id: toPublicId('grant', id),
    role: toRoleName(role),
    state: grantStateOf(grant).toUpperCase(),
    alone: isAlone,
    proposedBy: proposedBy && toPublicId('subject', proposedBy),
    proposedAt,
    confirmedBy: confirmed?.by ? toPublicId('subject', confirmed.by) : null,
    at: confirmed?.at ?? null,
    usableFrom: confirmed?.usableFrom ?? null,
    entry: toPublicId('entry', entry),
  };
}
