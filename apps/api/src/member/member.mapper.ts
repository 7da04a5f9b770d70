import type { Member } from '@imprimatur/domain/identity';
import { toPublicId } from '@imprimatur/kernel';
import { toRoleName } from '../viewer/role.mapper.js';

export function toMember({ subject, roles, createdAt }: Member): object {
  return {
    __typename: 'Member',
    id: toPublicId('subject', subject.id),
    ref: subject.ref,
    displayName: subject.displayName,
    roles: roles.map(toRoleName),
    createdAt,
  };
}
