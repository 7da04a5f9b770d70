import type { SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** What identity knows of a person beside the pseudonym. */
export interface PersonCopy {
  readonly subject: SubjectId;
  readonly ref: string;
  readonly hasName: boolean;
  readonly hasMailAddress: boolean;
  /** Ways to sign in: identities at issuers, and keys that are not revoked. */
  readonly logins: number;
  /** Nobody else may administer the tenant. */
  readonly isLastAdministrator: boolean;
}

/** It asks nobody's permission. */
@Injectable()
export class PersonCopies {
  async find(read: ReadContext, subject: SubjectId): Promise<PersonCopy | null> {
    const rows = await read.manager.query<PersonCopy[]>(
      `select s.id as subject, s.ref, s.display_name is not null as "hasName",
              exists (select 1 from mail_address a where a.tenant = s.tenant and a.subject = s.id) as "hasMailAddress",
              (select count(*)::int from external_identity e where e.tenant = s.tenant and e.subject = s.id)
                + (select count(*)::int from api_key k where k.tenant = s.tenant and k.subject = s.id and k.revoked_at is null) as logins,
              exists (select 1 from member m where m.tenant = s.tenant and m.id = s.id and 'tenant-admin' = any (m.roles))
                and not exists (select 1 from member m where m.tenant = s.tenant and m.id <> s.id and 'tenant-admin' = any (m.roles))
                as "isLastAdministrator"
         from subject s where s.tenant = $1 and s.id = $2`,
      [read.context.tenant, subject],
    );
    return rows[0] ?? null;
  }

  /** The person signs in nowhere any more, may do nothing, and has neither name nor address. The pseudonym stays: the ledger speaks of it. */
  async destroy(write: WriteContext, subject: SubjectId, at: Date): Promise<void> {
    const values = [write.context.tenant, subject];
    await write.manager.query(`update subject set display_name = null where tenant = $1 and id = $2`, values);
    await write.manager.query(`delete from mail_address where tenant = $1 and subject = $2`, values);
    await write.manager.query(`delete from external_identity where tenant = $1 and subject = $2`, values);
    await write.manager.query(`update member set roles = '{}' where tenant = $1 and id = $2`, values);
    await write.manager.query(`update role_grant set ended_at = $3 where tenant = $1 and member = $2 and ended_at is null`, [
      ...values,
      at,
    ]);
    await write.manager.query(`update credential set revoked_at = $3 where tenant = $1 and subject = $2 and revoked_at is null`, [
      ...values,
      at,
    ]);
    await write.manager.query(`delete from credential_challenge where tenant = $1 and subject = $2`, values);
    await write.manager.query(
      `update api_key set revoked_at = $3, name = 'erased' where tenant = $1 and subject = $2 and revoked_at is null`,
      [...values, at],
    );
  }
}
