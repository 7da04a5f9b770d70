import type { ApiKey } from '@imprimatur/domain/identity';
import { toPublicId } from '@imprimatur/kernel';
import { toRoleName } from '../viewer/role.mapper.js';

export function toApiKey(key: ApiKey): object {
  return {
    __typename: 'ApiKey',
    id: toPublicId('key', key.id),
    name: key.name,
    roles: key.roles.map(toRoleName),
    scopes: key.scopes,
    createdAt: key.createdAt,
    expiresAt: key.expiresAt,
    revokedAt: key.revokedAt,
  };
}
