import type { Client } from 'pg';
import type { TenantId } from '@imprimatur/kernel';
import { ANCHORING_LOCK } from '../anchoring/anchoring.repository.js';
import { bigints, byteas, texts, uuids } from '../writing/binary.arrays.js';
import { type LogHead, SEQUENCER_LOCK } from '../sequencing/sequencer.repository.js';

/** A log as it stands in the database. */
export interface StoredLog extends LogHead {
  readonly vkey: string;
  /** The newest checkpoint under its present origin; null: none is stored. */
  readonly note: string | null;
}

/** How the logs of one origin ended. */
export interface EndedLog {
  readonly tenant: TenantId;
  /** In the database until now. */
  readonly origin: string;
  readonly vkey: string;
  /** Under which the signer signed last; another one than `origin` where the backup is older than an earlier succession. */
  readonly lastOrigin: string;
  readonly successor: string;
  readonly signedSize: number;
  readonly signedRoot: Uint8Array;
  readonly restoredSize: number;
  readonly restoredRoot: Uint8Array;
  /** How far the restored tree is still the one that `origin` signed. */
  readonly keptSize: number;
}

export interface Installation {
  readonly id: string;
  readonly generation: number;
}

/** Statements about whole logs, on a connection as the sequencer role. */
export class LogRepository {
  constructor(private readonly client: Client) {}

  /** Until the transaction ends neither a sequencer nor an anchoring works; false: one does. */
  async tryLockOut(): Promise<boolean> {
    const { rows } = await this.client.query<{ free: boolean }>(
      'select pg_try_advisory_xact_lock($1) and pg_try_advisory_xact_lock($2) as free',
      [SEQUENCER_LOCK, ANCHORING_LOCK],
    );
    return rows[0]?.free ?? false;
  }

  async installation(): Promise<Installation | null> {
    const { rows } = await this.client.query<Installation>('select id, generation from installation');
    return rows[0] ?? null;
  }

  /** A new id, and with it a new generation of every log. */
  async renewInstallation(): Promise<string> {
    const { rows } = await this.client.query<{ id: string }>(
      'update installation set id = gen_random_uuid(), generation = generation + 1 returning id',
    );
    return rows[0]?.id ?? '';
  }

  /** In the order of their tenants, log 0 first. */
  async logs(after: TenantId | null, limit: number): Promise<readonly StoredLog[]> {
    const { rows } = await this.client.query<Omit<StoredLog, 'size'> & { size: string }>(
      `select l.tenant, l.origin, l.vkey, l.size, l.root, c.note from ledger_log l
         left join lateral (select note from ledger_checkpoint
                             where tenant = l.tenant and generation = l.generation order by size desc limit 1) c on true
        where $1::uuid is null or l.tenant > $1 order by l.tenant limit $2`,
      [after, limit],
    );
    return rows.map(({ size, ...row }) => ({ ...row, size: Number(size) }));
  }

  /** Logs whose key is another one than the signer's. */
  async changeKeys(logs: readonly { readonly tenant: TenantId; readonly vkey: string }[]): Promise<void> {
    await this.client.query(
      `update ledger_log l set vkey = n.vkey from unnest($1::uuid[], $2::text[]) as n (tenant, vkey) where l.tenant = n.tenant`,
      [uuids(logs.map(({ tenant }) => tenant)), texts(logs.map(({ vkey }) => vkey))],
    );
  }

  /** Ends the present generation of these logs for ever, and begins the next; a log that the database does not have begins empty. */
  async succeed(ended: readonly EndedLog[], vkeys: readonly string[], now: Date): Promise<void> {
    await this.client.query(
      `with ended as (
         select n.*, i.generation from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bytea[],
                  $8::bigint[], $9::bytea[], $10::bigint[], $11::text[])
                  as n (tenant, origin, vkey, last_origin, successor, signed_size, signed_root, restored_size, restored_root, kept_size, new_vkey)
           cross join installation i
       ), past as (
         insert into ledger_succession
           (tenant, generation, origin, vkey, last_origin, successor, signed_size, signed_root, restored_size, restored_root, kept_size, at)
         select tenant, generation - 1, origin, vkey, last_origin, successor, signed_size, signed_root, restored_size, restored_root, kept_size,
                $12 from ended
       )
       insert into ledger_log (tenant, origin, vkey, size, root, generation)
       select tenant, successor, new_vkey, restored_size, restored_root, generation from ended
       on conflict (tenant) do update set origin = excluded.origin, vkey = excluded.vkey, generation = excluded.generation`,
      [
        uuids(ended.map(({ tenant }) => tenant)),
        texts(ended.map(({ origin }) => origin)),
        texts(ended.map(({ vkey }) => vkey)),
        texts(ended.map(({ lastOrigin }) => lastOrigin)),
        texts(ended.map(({ successor }) => successor)),
        bigints(ended.map(({ signedSize }) => signedSize)),
        byteas(ended.map(({ signedRoot }) => signedRoot)),
        bigints(ended.map(({ restoredSize }) => restoredSize)),
        byteas(ended.map(({ restoredRoot }) => restoredRoot)),
        bigints(ended.map(({ keptSize }) => keptSize)),
        texts(vkeys),
        now,
      ],
    );
  }

  /** Installations (`<name>/<id>`) whose logs go on under another one. */
  async successions(): Promise<readonly { readonly installation: string; readonly successor: string }[]> {
    const { rows } = await this.client.query<{ installation: string; successor: string }>(
      `select distinct regexp_replace(o.origin, $1, '') as installation, regexp_replace(s.successor, $1, '') as successor
         from ledger_succession s cross join lateral (values (s.origin), (s.last_origin)) as o (origin)`,
      ['/(t/[^/]+|0)$'],
    );
    return rows;
  }

  async begin(): Promise<void> {
    await this.client.query('begin');
  }

  async commit(): Promise<void> {
    await this.client.query('commit');
  }

  async rollback(): Promise<void> {
    await this.client.query('rollback').catch(() => undefined); // the connection may be what failed
  }
}
