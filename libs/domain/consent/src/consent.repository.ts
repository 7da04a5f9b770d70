import type { AssetId, ConsentId, SubjectId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { ConsentBindingRow, ConsentRecordRow } from './consent.entity.js';
import {
  type AgeBand,
  type ConsentBinding,
  type ConsentMethod,
  type ConsentRecord,
  type ConsentScope,
  type ModelRelease,
  type PropertyRelease,
  type RepresentativeKind,
  type Slice,
  TRAINING_USE_CASE,
} from './consent.types.js';

function toRecord(row: ConsentRecordRow): ConsentRecord {
  return {
    id: row.id as ConsentId,
    version: row.version,
    subject: row.subject as SubjectId,
    ageBand: row.ageBand as AgeBand,
    representative:
      row.representative && row.representativeKind && row.representativeBasis
        ? {
            kind: row.representativeKind as RepresentativeKind,
            basis: row.representativeBasis,
            subject: row.representative as SubjectId,
          }
        : null,
    method: row.method as ConsentMethod,
    notice: { text: row.noticeText, language: row.noticeLanguage },
    scope: scopeOf(row.scope),
    modelRelease: row.modelRelease as ModelRelease | null,
    propertyRelease: row.propertyRelease as PropertyRelease | null,
    validFrom: row.validFrom,
    validUntil: row.validUntil,
    state: row.state as ConsentRecord['state'],
    registeredBy: row.registeredBy as SubjectId | null,
    createdAt: row.createdAt,
  };
}

/** Who was asked before providers and training stood in a scope agreed to the vendors of the tenant, and to training where it was the use. */
function scopeOf(kept: Omit<ConsentScope, 'providers' | 'training'> & Partial<ConsentScope>): ConsentScope {
  return { ...kept, providers: kept.providers ?? ['*'], training: kept.training ?? kept.useCases.includes(TRAINING_USE_CASE) };
}

function toBinding(row: ConsentBindingRow): ConsentBinding {
  return {
    consent: row.consent as ConsentId,
    asset: row.asset as AssetId,
    version: row.version as VersionId,
    picture: { sha256: row.sha256, pixelSha256: row.pixelSha256, fingerprint: row.fingerprint },
    face: { left: row.faceLeft, top: row.faceTop, width: row.faceWidth, height: row.faceHeight },
  };
}

@Injectable()
export class ConsentRepository {
  /** Changes of one consent happen one after the other, until the transaction ends: its rows never change, so none can be locked. */
  async lock(write: WriteContext, id: ConsentId): Promise<void> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `imprimatur/consent/${write.context.tenant}/${id}`,
    ]);
  }

  /** Withdrawals of one tenant happen one after the other. */
  async lockWithdrawals(write: WriteContext): Promise<void> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`imprimatur/withdrawal/${write.context.tenant}`]);
  }

  async insertVersion(write: WriteContext, { notice, representative, ...record }: ConsentRecord): Promise<void> {
    await write.manager.insert(ConsentRecordRow, {
      ...record,
      tenant: write.context.tenant,
      noticeText: notice.text,
      noticeLanguage: notice.language,
      representativeKind: representative?.kind ?? null,
      representativeBasis: representative?.basis ?? null,
      representative: representative?.subject ?? null,
    });
  }

  async insertBinding(write: WriteContext, { consent, asset, version, picture, face }: ConsentBinding): Promise<void> {
    await write.manager.insert(ConsentBindingRow, {
      tenant: write.context.tenant,
      consent,
      asset,
      version,
      sha256: Buffer.from(picture.sha256),
      pixelSha256: picture.pixelSha256 && Buffer.from(picture.pixelSha256),
      fingerprint: picture.fingerprint,
      faceLeft: face.left,
      faceTop: face.top,
      faceWidth: face.width,
      faceHeight: face.height,
    });
  }

  /** The newest version of each of `ids` that exists, in no promised order. */
  async findMany(read: ReadContext, ids: readonly ConsentId[]): Promise<readonly ConsentRecord[]> {
    if (ids.length === 0) return [];
    const rows = await this.newest(read)
      .andWhere('c.id in (:...ids)', { ids: [...new Set(ids)] })
      .getMany();
    return rows.map(toRecord);
  }

  /** The newest version of each, the consent registered last first. */
  async page(read: ReadContext, { first, after }: Slice): Promise<readonly ConsentRecord[]> {
    const query = this.newest(read).limit(first);
    if (after !== null) query.andWhere('c.id < :after', { after });
    return (await query.getMany()).map(toRecord);
  }

  async versions(read: ReadContext, id: ConsentId): Promise<readonly ConsentRecord[]> {
    const rows = await read.manager.find(ConsentRecordRow, { where: { tenant: read.context.tenant, id }, order: { version: 'ASC' } });
    return rows.map(toRecord);
  }

  async bindingsOf(read: ReadContext, consent: ConsentId): Promise<readonly ConsentBinding[]> {
    const rows = await read.manager.find(ConsentBindingRow, { where: { tenant: read.context.tenant, consent }, order: { version: 'ASC' } });
    return rows.map(toBinding);
  }

  async boundToFiles(read: ReadContext, digests: readonly Uint8Array[]): Promise<readonly ConsentBinding[]> {
    if (digests.length === 0) return [];
    const rows = await read.manager.findBy(ConsentBindingRow, {
      tenant: read.context.tenant,
      sha256: In(digests.map((each) => Buffer.from(each))),
    });
    return rows.map(toBinding);
  }

  async boundToPixels(read: ReadContext, digests: readonly Uint8Array[]): Promise<readonly ConsentBinding[]> {
    if (digests.length === 0) return [];
    const rows = await read.manager.findBy(ConsentBindingRow, {
      tenant: read.context.tenant,
      pixelSha256: In(digests.map((each) => Buffer.from(each))),
    });
    return rows.map(toBinding);
  }

  /** Bindings with a fingerprint, by key. */
  async fingerprintPage(read: ReadContext, first: number, after: ConsentBinding | null): Promise<readonly ConsentBinding[]> {
    const query = read.manager
      .createQueryBuilder(ConsentBindingRow, 'b')
      .where('b.tenant = :tenant and b.fingerprint is not null', { tenant: read.context.tenant })
      .orderBy({ 'b.consent': 'ASC', 'b.version': 'ASC' })
      .limit(first);
    if (after !== null) query.andWhere('(b.consent, b.version) > (:consent, :version)', { consent: after.consent, version: after.version });
    return (await query.getMany()).map(toBinding);
  }

  private newest(read: ReadContext) {
    return read.manager
      .createQueryBuilder(ConsentRecordRow, 'c')
      .distinctOn(['c.id'])
      .where('c.tenant = :tenant', { tenant: read.context.tenant })
      .orderBy({ 'c.id': 'DESC', 'c.version': 'DESC' });
  }
}
