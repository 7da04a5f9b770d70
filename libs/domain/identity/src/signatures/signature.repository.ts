import type { CredentialId, EntryId, StatementId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Slice } from '../identity.repository.js';
import type { Challenge, Credential } from './credential.types.js';

interface CredentialRow {
  readonly id: CredentialId;
  readonly subject: SubjectId;
  readonly credential_id: Buffer;
  readonly public_key: Buffer;
  readonly sign_count: string;
  readonly rp_id: string;
  readonly entry: EntryId;
  readonly enrolled_at: Date;
  readonly revoked_at: Date | null;
}

interface ChallengeRow {
  readonly id: CredentialId | StatementId;
  readonly subject: SubjectId;
  readonly purpose: Challenge['purpose'];
  readonly challenge: Buffer;
  readonly nonce: Buffer;
  readonly begun_at: Date;
  readonly expires_at: Date;
}

const CREDENTIAL = `id, subject, credential_id, public_key, sign_count, rp_id, entry, enrolled_at, revoked_at from credential`;
const CHALLENGE = `id, subject, purpose, challenge, nonce, begun_at, expires_at`;

function toCredential(row: CredentialRow): Credential {
  return {
    id: row.id,
    subject: row.subject,
    // copies: a Buffer may be a window into the driver's pool
    credentialId: new Uint8Array(row.credential_id),
    publicKey: new Uint8Array(row.public_key),
    signCount: Number(row.sign_count),
    rpId: row.rp_id,
    entry: row.entry,
    enrolledAt: row.enrolled_at,
    revokedAt: row.revoked_at,
  };
}

function toChallenge(row: ChallengeRow): Challenge {
  const { id, subject, purpose, begun_at: begunAt, expires_at: expiresAt } = row;
  return { id, subject, purpose, challenge: new Uint8Array(row.challenge), nonce: new Uint8Array(row.nonce), begunAt, expiresAt };
}

@Injectable()
export class SignatureRepository {
  /** False: an authenticator of that id is enrolled already, by whomever. */
  async insert(write: WriteContext, credential: Credential): Promise<boolean> {
    const { id, subject, credentialId, publicKey, signCount, rpId, entry, enrolledAt } = credential;
    const rows = await write.manager.query<unknown[]>(
      `insert into credential (tenant, id, subject, credential_id, public_key, sign_count, rp_id, entry, enrolled_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning id`,
      [write.context.tenant, id, subject, Buffer.from(credentialId), Buffer.from(publicKey), signCount, rpId, entry, enrolledAt],
    );
    return rows.length > 0;
  }

  /** Under lock, so that two answers of one authenticator are counted one after the other. */
  async lockByAuthenticator(write: WriteContext, credentialId: Uint8Array): Promise<Credential | null> {
    const rows = await write.manager.query<CredentialRow[]>(`select ${CREDENTIAL} where tenant = $1 and credential_id = $2 for update`, [
      write.context.tenant,
      Buffer.from(credentialId),
    ]);
    return rows[0] ? toCredential(rows[0]) : null;
  }

  async lock(write: WriteContext, id: CredentialId): Promise<Credential | null> {
    const rows = await write.manager.query<CredentialRow[]>(`select ${CREDENTIAL} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toCredential(rows[0]) : null;
  }

  async findMany(read: ReadContext, ids: readonly CredentialId[]): Promise<readonly Credential[]> {
    const rows = await read.manager.query<CredentialRow[]>(`select ${CREDENTIAL} where tenant = $1 and id = any ($2)`, [
      read.context.tenant,
      ids,
    ]);
    return rows.map(toCredential);
  }

  /** Those that can sign for this domain. */
  async usable(read: ReadContext, subject: SubjectId, rpId: string): Promise<readonly Credential[]> {
    const rows = await read.manager.query<CredentialRow[]>(
      `select ${CREDENTIAL} where tenant = $1 and subject = $2 and rp_id = $3 and revoked_at is null order by id`,
      [read.context.tenant, subject, rpId],
    );
    return rows.map(toCredential);
  }

  /** Oldest first. */
  async page(read: ReadContext, subject: SubjectId, { first, after }: Slice): Promise<readonly Credential[]> {
    const rows = await read.manager.query<CredentialRow[]>(
      `select ${CREDENTIAL} where tenant = $1 and subject = $2 and ($3::uuid is null or id > $3) order by id limit $4`,
      [read.context.tenant, subject, after, first],
    );
    return rows.map(toCredential);
  }

  async count(write: WriteContext, id: CredentialId, signCount: number): Promise<void> {
    await write.manager.query(`update credential set sign_count = $3 where tenant = $1 and id = $2`, [write.context.tenant, id, signCount]);
  }

  async revoke(write: WriteContext, id: CredentialId, at: Date): Promise<void> {
    await write.manager.query(`update credential set revoked_at = $3 where tenant = $1 and id = $2`, [write.context.tenant, id, at]);
  }

  /** Keeps it until it is answered or too old; what is too old goes on this occasion. */
  async wait(write: WriteContext, { id, subject, purpose, challenge, nonce, begunAt, expiresAt }: Challenge): Promise<void> {
    const { tenant } = write.context;
    await write.manager.query(`delete from credential_challenge where tenant = $1 and expires_at <= $2`, [tenant, begunAt]);
    await write.manager.query(
      `insert into credential_challenge (tenant, id, subject, purpose, challenge, nonce, begun_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [tenant, id, subject, purpose, Buffer.from(challenge), Buffer.from(nonce), begunAt, expiresAt],
    );
  }

  /** One that waits for this person, and stays. */
  async waiting(read: ReadContext, id: Challenge['id'], subject: SubjectId, now: Date): Promise<Challenge | null> {
    const rows = await read.manager.query<ChallengeRow[]>(
      `select ${CHALLENGE} from credential_challenge where tenant = $1 and id = $2 and subject = $3 and expires_at > $4`,
      [read.context.tenant, id, subject, now],
    );
    return rows[0] ? toChallenge(rows[0]) : null;
  }

  /** Takes the one that waits for this person, so that nobody takes it again. */
  async take(
    write: WriteContext,
    { subject, purpose, challenge }: Pick<Challenge, 'subject' | 'purpose' | 'challenge'>,
    now: Date,
  ): Promise<Challenge | null> {
    // the driver answers rows and their number for a deletion
    const [rows] = await write.manager.query<[ChallengeRow[], number]>(
      `delete from credential_challenge where tenant = $1 and subject = $2 and purpose = $3 and challenge = $4 and expires_at > $5
       returning ${CHALLENGE}`,
      [write.context.tenant, subject, purpose, Buffer.from(challenge), now],
    );
    return rows[0] ? toChallenge(rows[0]) : null;
  }
}
