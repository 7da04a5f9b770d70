import { createHash, randomBytes } from 'node:crypto';
import { newId, ROLES } from '@imprimatur/kernel';
import { Person, type TestService } from './service';

/** Somebody with every role of another tenant, by an API key. */
export async function strangerOf(service: TestService): Promise<Person> {
  const [tenant, subject, key] = [newId('tenant'), newId('subject'), newId('key')];
  const token = `imp_${randomBytes(32).toString('base64url')}`;
  const roles = [...ROLES];
  await service.database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'other', now())`, [tenant]);
  await service.database.asAdmin(`insert into subject (tenant, id, kind, ref, created_at) values ($1, $2, 'person', $3, now())`, [
    tenant,
    subject,
    newId('subject'),
  ]);
  await service.database.asAdmin(`insert into member (tenant, id, roles, created_at) values ($1, $2, $3, now())`, [tenant, subject, roles]);
  await service.database.asAdmin(
    `insert into api_key (tenant, id, subject, name, hash, roles, scopes, created_at) values ($1, $2, $3, 'all', $4, $5, '{*:*}', now())`,
    [tenant, key, subject, createHash('sha256').update(token).digest(), roles],
  );
  return new Person(service.url, token);
}
