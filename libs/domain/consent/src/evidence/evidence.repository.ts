import type { BlobId, ConsentId, EntryId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ConsentEvidence, EvidenceFormat } from './evidence.types.js';

interface EvidenceRow {
  readonly consent: ConsentId;
  readonly number: number;
  readonly consent_version: number;
  readonly blob: BlobId;
  readonly format: EvidenceFormat;
  readonly size_bytes: string;
  readonly sha256: Buffer | null;
  readonly added_by: SubjectId | null;
  readonly added_at: Date;
}

const EVIDENCE = `consent, number, consent_version, blob, format, size_bytes, sha256, added_by, added_at from consent_evidence`;

function toEvidence(row: EvidenceRow): ConsentEvidence {
  return {
    consent: row.consent,
    number: row.number,
    version: row.consent_version,
    blob: row.blob,
    format: row.format,
    sizeBytes: Number(row.size_bytes),
    sha256: row.sha256,
    addedBy: row.added_by,
    addedAt: row.added_at,
  };
}

@Injectable()
export class EvidenceRepository {
  async insert(write: WriteContext, evidence: ConsentEvidence, entry: EntryId): Promise<void> {
    const { consent, number, version, blob, format, sizeBytes, sha256, addedBy, addedAt } = evidence;
    await write.manager.query(
      `insert into consent_evidence (tenant, consent, number, consent_version, blob, format, size_bytes, sha256, entry, added_by, added_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [write.context.tenant, consent, number, version, blob, format, sizeBytes, sha256 && Buffer.from(sha256), entry, addedBy, addedAt],
    );
  }

  /** By consent, oldest first. */
  async ofConsents(read: ReadContext, consents: readonly ConsentId[]): Promise<readonly ConsentEvidence[]> {
    if (consents.length === 0) return [];
    const rows = await read.manager.query<EvidenceRow[]>(
      `select ${EVIDENCE} where tenant = $1 and consent = any ($2::uuid[]) order by consent, number`,
      [read.context.tenant, [...consents]],
    );
    return rows.map(toEvidence);
  }
}
