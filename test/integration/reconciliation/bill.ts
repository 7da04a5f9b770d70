import { createHash } from 'node:crypto';
import {
  type Finding,
  type FindingKind,
  ProvidersModule,
  type Reconciliation,
  type ReconciliationRequest,
  ReconciliationService,
} from '@imprimatur/domain/providers';
import type { AttemptId, Context, Result, TenantId } from '@imprimatur/kernel';
import { newId } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule } from '@imprimatur/platform/database';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { openRooms, type Rooms, valueOf } from '../assets/rooms';
import { Turns } from '../editing/turns';

export interface OwnCall {
  readonly began: string;
  readonly ended?: string | null;
  readonly responseId?: string | null;
  readonly usage?: Readonly<Record<string, number>>;
  readonly provider?: string;
}

export interface Desk {
  readonly rooms: Rooms;
  readonly service: ReconciliationService;
  /** Somebody of a new tenant with these roles, and an item that calls can be made for. */
  tenant(): Promise<{ readonly id: TenantId; readonly legal: Context; readonly creator: Context }>;
  /** Calls that were made, at the times given; answers their ids in order. */
  calls(tenant: TenantId, all: readonly OwnCall[]): Promise<AttemptId[]>;
  import(who: Context, csv: string | Uint8Array, more?: Partial<ReconciliationRequest>): Promise<Result<Reconciliation>>;
  findings(who: Context, of: Reconciliation, kind?: FindingKind | null): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

export const REQUEST: ReconciliationRequest = { provider: 'gemini', mapping: 'generic', timeZone: null, windowSeconds: 120, period: null };

export async function openDesk(): Promise<Desk> {
  const rooms = await openRooms();
  const config = loadConfig({ DATABASE_URL: rooms.database.appUrl, IMPRIMATUR_HOME: rooms.home });
  @Module({ imports: [DatabaseModule.forRoot(config, 'test-reconciliation'), ProvidersModule] })
  class House {}
  const app: INestApplicationContext = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
  const service = app.get(ReconciliationService);
  const items = new Map<TenantId, { item: string; turn: string; asset: string; number: number }>();
  return {
    rooms,
    service,
    tenant: async () => {
      const id = await rooms.newTenant();
      const creator = await rooms.person(id, 'creator');
      const { item } = await new Turns(rooms, creator).submit();
      items.set(id, { item: item.id, turn: item.turn, asset: item.asset, number: 0 });
      return { id, creator, legal: await rooms.person(id, 'legal') };
    },
    calls: async (tenant, all) => {
      const of = items.get(tenant);
      if (!of) throw new Error('a tenant of this desk');
      const rows = all.map((call) => ({ id: newId('attempt'), number: (of.number += 1), ended: call.began, provider: 'gemini', ...call }));
      await rooms.database.asAdmin(
        `insert into provider_attempt (tenant, id, item, turn, asset, number, provider, requested_model, began_at, request_sha256, ended_at, outcome, response_id, usage)
         select $1, (r->>'id')::uuid, $2, $3, $4, (r->>'number')::int, r->>'provider', 'nano', (r->>'began')::timestamptz, $5, (r->>'ended')::timestamptz,
                case when r->>'ended' is not null then 'edited' end, r->>'responseId', r->'usage'
           from jsonb_array_elements($6::jsonb) r`,
        [tenant, of.item, of.turn, of.asset, Buffer.alloc(32), JSON.stringify(rows)],
      );
      return rows.map(({ id }) => id);
    },
    import: (who, csv, more = {}) => {
      const bytes = Buffer.from(csv);
      async function* read(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
      }
      const file = { sha256: new Uint8Array(createHash('sha256').update(bytes).digest()), read };
      return rooms.write(who, (write) => service.import(write, { ...REQUEST, ...more }, file));
    },
    findings: async (who, of, kind = null) => {
      const all: Finding[] = [];
      for (let after: string | null = null; ;) {
        const page: readonly Finding[] = valueOf(
          await rooms.read(who, (read) => service.findings(read, of.id, { kind, first: 1_000, after })),
        );
        all.push(...page);
        if (page.length < 1_000) return all;
        after = page.at(-1)?.position ?? null;
      }
    },
    close: async () => {
      await app.close();
      await rooms.close();
    },
  };
}
