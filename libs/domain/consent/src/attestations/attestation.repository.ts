import type { AssetId, AttestationId, EntryId, SubjectId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { AttestationGround, AttestationPage, FaceAttestation } from './attestation.types.js';

interface AttestationRow {
  readonly id: AttestationId;
  readonly asset: AssetId;
  readonly version: VersionId;
  readonly face_left: number;
  readonly face_top: number;
  readonly face_width: number;
  readonly face_height: number;
  readonly ground: AttestationGround;
  readonly reference: string | null;
  readonly entry: EntryId;
  readonly attested_by: SubjectId | null;
  readonly attested_at: Date;
  readonly confirmed_by: SubjectId | null;
  readonly confirmed_at: Date | null;
  readonly ended_by: SubjectId | null;
  readonly ended_at: Date | null;
  readonly end_entry: EntryId | null;
}

const ATTESTATION = `id, asset, version, face_left, face_top, face_width, face_height, ground, reference, entry, attested_by, attested_at,
  confirmed_by, confirmed_at, ended_by, ended_at, end_entry from face_attestation`;

function toAttestation(row: AttestationRow): FaceAttestation {
  return {
    id: row.id,
    asset: row.asset,
    version: row.version,
    face: { left: row.face_left, top: row.face_top, width: row.face_width, height: row.face_height },
    ground: row.ground,
    reference: row.reference,
    entry: row.entry,
    attestedBy: row.attested_by,
    attestedAt: row.attested_at,
    confirmed: row.confirmed_at && { by: row.confirmed_by, at: row.confirmed_at },
    ended: row.ended_at && row.end_entry ? { by: row.ended_by, at: row.ended_at, entry: row.end_entry } : null,
  };
}

@Injectable()
export class AttestationRepository {
  /** Attestations of one version are made one after the other, until the transaction ends. */
  async lockVersion(write: WriteContext, version: VersionId): Promise<void> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `imprimatur/attestation/${write.context.tenant}/${version}`,
    ]);
  }

  async insert(write: WriteContext, { id, asset, version, face, ground, reference, entry, attestedBy, attestedAt }: FaceAttestation) {
    await write.manager.query(
      `insert into face_attestation (tenant, id, asset, version, face_left, face_top, face_width, face_height, ground, reference, entry,
          attested_by, attested_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        ...[write.context.tenant, id, asset, version, face.left, face.top, face.width, face.height],
        ...[ground, reference, entry, attestedBy, attestedAt],
      ],
    );
  }

  /** Those of these versions that were not ended, proposed ones too. */
  async standing(read: ReadContext, versions: readonly VersionId[]): Promise<readonly FaceAttestation[]> {
    if (versions.length === 0) return [];
    const rows = await read.manager.query<AttestationRow[]>(
      `select ${ATTESTATION} where tenant = $1 and version = any ($2::uuid[]) and ended_at is null order by id`,
      [read.context.tenant, [...versions]],
    );
    return rows.map(toAttestation);
  }

  async findMany(read: ReadContext, ids: readonly AttestationId[]): Promise<readonly FaceAttestation[]> {
    const rows = await read.manager.query<AttestationRow[]>(`select ${ATTESTATION} where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toAttestation);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: AttestationId): Promise<FaceAttestation | null> {
    const rows = await write.manager.query<AttestationRow[]>(`select ${ATTESTATION} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toAttestation(rows[0]) : null;
  }

  /** Newest first. */
  async page(read: ReadContext, { asset, state, first, after }: AttestationPage): Promise<readonly FaceAttestation[]> {
    const rows = await read.manager.query<AttestationRow[]>(
      `select ${ATTESTATION} where tenant = $1 and ($2::uuid is null or asset = $2) and ($3::uuid is null or id < $3)
          and ($4::text is null or $4 = case when ended_at is not null then 'ended' when confirmed_at is not null then 'confirmed' else 'proposed' end)
        order by id desc limit $5`,
      [read.context.tenant, asset, after, state, first],
    );
    return rows.map(toAttestation);
  }

  async confirm(write: WriteContext, id: AttestationId, { by, at }: NonNullable<FaceAttestation['confirmed']>): Promise<void> {
    await write.manager.query(`update face_attestation set confirmed_by = $3, confirmed_at = $4 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      by,
      at,
    ]);
  }

  async end(write: WriteContext, id: AttestationId, { by, at, entry }: NonNullable<FaceAttestation['ended']>): Promise<void> {
    await write.manager.query(`update face_attestation set ended_by = $3, ended_at = $4, end_entry = $5 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      by,
      at,
      entry,
    ]);
  }
}
