import type { EntryId, ItemId, SubjectId, TermsId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { TermsPage, VendorTerms } from './terms.types.js';

interface TermsRow {
  readonly id: TermsId;
  readonly provider: string;
  readonly title: string;
  readonly document_sha256: Buffer;
  readonly document_url: string | null;
  readonly tier: string;
  readonly models: string[];
  readonly regions: string[];
  readonly retention_days: number;
  readonly indemnifies: boolean;
  readonly may_train: boolean;
  readonly commercial_use: boolean;
  readonly model_training: boolean;
  readonly attribution: string | null;
  readonly begins_at: Date;
  readonly ends_at: Date;
  readonly entry: EntryId;
  readonly registered_by: SubjectId | null;
  readonly registered_at: Date;
  readonly approved_by: SubjectId | null;
  readonly approved_at: Date | null;
  readonly ended_by: SubjectId | null;
  readonly ended_at: Date | null;
  readonly end_entry: EntryId | null;
}

const COLUMNS = `id, provider, title, document_sha256, document_url, tier, models, regions, retention_days, indemnifies, may_train,
  commercial_use, model_training, attribution, begins_at, ends_at, entry, registered_by, registered_at`;
const TERMS = `${COLUMNS}, approved_by, approved_at, ended_by, ended_at, end_entry from vendor_terms`;

function toTerms(row: TermsRow): VendorTerms {
  return {
    id: row.id,
    provider: row.provider,
    title: row.title,
    documentSha256: new Uint8Array(row.document_sha256),
    documentUrl: row.document_url,
    tier: row.tier,
    models: row.models,
    regions: row.regions,
    retentionDays: row.retention_days,
    indemnifies: row.indemnifies,
    mayTrain: row.may_train,
    output: { commercialUse: row.commercial_use, modelTraining: row.model_training, attribution: row.attribution },
    from: row.begins_at,
    until: row.ends_at,
    entry: row.entry,
    registeredBy: row.registered_by,
    registeredAt: row.registered_at,
    approved: row.approved_at && { by: row.approved_by, at: row.approved_at },
    ended: row.ended_at && row.end_entry ? { by: row.ended_by, at: row.ended_at, entry: row.end_entry } : null,
  };
}

@Injectable()
export class TermsRepository {
  async insert(write: WriteContext, terms: VendorTerms): Promise<void> {
    const { output } = terms;
    await write.manager.query(
      `insert into vendor_terms (tenant, ${COLUMNS})
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
      [
        ...[write.context.tenant, terms.id, terms.provider, terms.title, Buffer.from(terms.documentSha256), terms.documentUrl, terms.tier],
        ...[[...terms.models], [...terms.regions], terms.retentionDays, terms.indemnifies, terms.mayTrain],
        ...[output.commercialUse, output.modelTraining, output.attribution],
        ...[terms.from, terms.until, terms.entry, terms.registeredBy, terms.registeredAt],
      ],
    );
  }

  async findMany(read: ReadContext, ids: readonly TermsId[]): Promise<readonly VendorTerms[]> {
    if (ids.length === 0) return [];
    const rows = await read.manager.query<TermsRow[]>(`select ${TERMS} where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toTerms);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: TermsId): Promise<VendorTerms | null> {
    const rows = await write.manager.query<TermsRow[]>(`select ${TERMS} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toTerms(rows[0]) : null;
  }

  /** Of several in force the one that was agreed to last. */
  async inForce(read: ReadContext, provider: string, now: Date): Promise<VendorTerms | null> {
    const rows = await read.manager.query<TermsRow[]>(
      `select ${TERMS} where tenant = $1 and provider = $2 and approved_at is not null and ended_at is null and begins_at <= $3 and ends_at > $3
        order by approved_at desc, id desc limit 1`,
      [read.context.tenant, provider, now],
    );
    return rows[0] ? toTerms(rows[0]) : null;
  }

  /** Under which the results of `items` were made, oldest first. */
  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly VendorTerms[]> {
    if (items.length === 0) return [];
    const rows = await read.manager.query<TermsRow[]>(
      `select ${TERMS} where tenant = $1 and id in (
          select terms from provider_attempt where tenant = $1 and item = any ($2::uuid[]) and outcome = 'edited' and terms is not null)
        order by id`,
      [read.context.tenant, [...items]],
    );
    return rows.map(toTerms);
  }

  /** Newest first. */
  async page(read: ReadContext, { provider, state, first, after }: TermsPage, now: Date): Promise<readonly VendorTerms[]> {
    const rows = await read.manager.query<TermsRow[]>(
      `select ${TERMS} where tenant = $1 and ($2::uuid is null or id < $2) and ($3::text is null or provider = $3)
          and ($4::text is null or $4 = case when ended_at is not null then 'ended' when ends_at <= $5 then 'expired'
            when approved_at is null then 'proposed' when begins_at > $5 then 'agreed' else 'in-force' end)
        order by id desc limit $6`,
      [read.context.tenant, after, provider, state, now, first],
    );
    return rows.map(toTerms);
  }

  async approve(write: WriteContext, id: TermsId, { by, at }: NonNullable<VendorTerms['approved']>): Promise<void> {
    await write.manager.query(`update vendor_terms set approved_by = $3, approved_at = $4 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      by,
      at,
    ]);
  }

  async end(write: WriteContext, id: TermsId, { by, at, entry }: NonNullable<VendorTerms['ended']>): Promise<void> {
    await write.manager.query(`update vendor_terms set ended_by = $3, ended_at = $4, end_entry = $5 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      by,
      at,
      entry,
    ]);
  }
}
