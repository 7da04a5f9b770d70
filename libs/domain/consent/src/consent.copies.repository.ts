import type { AssetId, BlobId, ConsentId, SubjectId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** A binding holds the digests and the fingerprint of a picture, and where the face is. */
export interface BindingCopy {
  readonly consent: ConsentId;
  readonly subject: SubjectId;
  readonly asset: AssetId;
  readonly version: VersionId;
  /** Of the consent. */
  readonly createdAt: Date;
}

export interface NoticeCopy {
  readonly consent: ConsentId;
  readonly createdAt: Date;
}

export interface EndedConsents {
  readonly before: Date;
  readonly exceptSubjects: readonly SubjectId[];
  readonly exceptAssets: readonly AssetId[];
  readonly limit: number;
}

const BINDING = `b.consent, c.subject, b.asset, b.version, c.created_at as "createdAt"
  from consent_binding b join consent_record c on c.tenant = b.tenant and c.id = b.consent and c.version = 1`;

/** What the registry keeps of a person's face and of the notice that they were given. It asks nobody's permission. */
@Injectable()
export class ConsentCopies {
  /** Bindings of the subject's consents. */
  async bindingsOf(read: ReadContext, subject: SubjectId): Promise<readonly BindingCopy[]> {
    return read.manager.query<BindingCopy[]>(`select ${BINDING} where b.tenant = $1 and c.subject = $2 order by b.consent, b.version`, [
      read.context.tenant,
      subject,
    ]);
  }

  /** Anybody's bindings to these versions, or to a file with one of these digests. */
  async bindingsTo(read: ReadContext, versions: readonly VersionId[], digests: readonly Uint8Array[]): Promise<readonly BindingCopy[]> {
    return read.manager.query<BindingCopy[]>(
      `select ${BINDING} where b.tenant = $1 and (b.version = any ($2::uuid[]) or b.sha256 = any ($3::bytea[])) order by b.consent, b.version`,
      [read.context.tenant, [...versions], digests.map((each) => Buffer.from(each))],
    );
  }

  /** The subject's consents whose notice still stands there. */
  async noticesOf(read: ReadContext, subject: SubjectId): Promise<readonly NoticeCopy[]> {
    return read.manager.query<NoticeCopy[]>(
      `select id as consent, min(created_at) as "createdAt" from consent_record
        where tenant = $1 and subject = $2 and notice_text <> '' group by id order by id`,
      [read.context.tenant, subject],
    );
  }

  async destroyBindings(write: WriteContext, bindings: readonly { readonly consent: string; readonly version: string }[]): Promise<void> {
    await write.manager.query(
      `delete from consent_binding b using unnest($2::uuid[], $3::uuid[]) as d (consent, version)
        where b.tenant = $1 and b.consent = d.consent and b.version = d.version`,
      [write.context.tenant, bindings.map(({ consent }) => consent), bindings.map(({ version }) => version)],
    );
  }

  /** Who agreed to what, under a pseudonym, stays; the digests of what they signed go with the notice. */
  async redactNotices(write: WriteContext, consents: readonly string[]): Promise<void> {
    await write.manager.query(
      `update consent_record set notice_text = '' where tenant = $1 and id = any ($2::uuid[]) and notice_text <> ''`,
      [write.context.tenant, [...consents]],
    );
    await write.manager.query(
      `update consent_evidence set sha256 = null where tenant = $1 and consent = any ($2::uuid[]) and sha256 is not null`,
      [write.context.tenant, [...consents]],
    );
  }

  /** Where the files lie that show what was agreed to, those left out that another consent rests on, too. */
  async evidenceOf(read: ReadContext, consents: readonly ConsentId[]): Promise<readonly BlobId[]> {
    const rows = await read.manager.query<{ blob: BlobId }[]>(
      `select distinct e.blob from consent_evidence e where e.tenant = $1 and e.consent = any ($2::uuid[]) and not exists (
         select 1 from consent_evidence o where o.tenant = $1 and o.blob = e.blob and o.sha256 is not null and not o.consent = any ($2::uuid[])
       ) order by e.blob`,
      [read.context.tenant, [...consents]],
    );
    return rows.map(({ blob }) => blob);
  }

  /** The same of everything that names the subject, as the person shown or as whoever signed for them. */
  async evidenceNaming(read: ReadContext, subject: SubjectId): Promise<readonly { readonly file: string; readonly addedAt: Date }[]> {
    return read.manager.query(
      `select e.consent || '/' || e.number as file, e.added_at as "addedAt" from consent_evidence e
        where e.tenant = $1 and e.sha256 is not null and exists (
          select 1 from consent_record r where r.tenant = $1 and r.id = e.consent and (r.subject = $2 or r.representative = $2)
        ) order by e.consent, e.number`,
      [read.context.tenant, subject],
    );
  }

  /** Digests of files, each as `consent/number`; the files go with the keys they were sealed with. */
  async redactEvidence(write: WriteContext, files: readonly string[]): Promise<void> {
    await write.manager.query(
      `update consent_evidence set sha256 = null where tenant = $1 and consent || '/' || number = any ($2::text[]) and sha256 is not null`,
      [write.context.tenant, [...files]],
    );
  }

  /** Consents that were withdrawn, or ran out, before; with something left of them. */
  async ended(read: ReadContext, { before, exceptSubjects, exceptAssets, limit }: EndedConsents): Promise<readonly ConsentId[]> {
    const rows = await read.manager.query<{ id: ConsentId }[]>(
      `select c.id from (
         select distinct on (id) id, subject, state, created_at, valid_until from consent_record where tenant = $1 order by id, version desc
       ) c
        where (c.state = 'withdrawn' and c.created_at < $2 or c.valid_until < $2) and not c.subject = any ($3::uuid[])
          and not exists (select 1 from consent_binding b where b.tenant = $1 and b.consent = c.id and b.asset = any ($4::uuid[]))
          and (exists (select 1 from consent_binding b where b.tenant = $1 and b.consent = c.id)
            or exists (select 1 from consent_evidence e where e.tenant = $1 and e.consent = c.id and e.sha256 is not null)
            or exists (select 1 from consent_record r where r.tenant = $1 and r.id = c.id and r.notice_text <> ''))
        order by c.id limit $5`,
      [read.context.tenant, before, [...exceptSubjects], [...exceptAssets], limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Everything left of these consents but who agreed to what. */
  async destroyEvidence(write: WriteContext, consents: readonly ConsentId[]): Promise<void> {
    await write.manager.query(`delete from consent_binding where tenant = $1 and consent = any ($2::uuid[])`, [
      write.context.tenant,
      [...consents],
    ]);
    await this.redactNotices(write, consents);
  }
}
