import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Systems that are told. Who writes an entry of the ledger cannot forget them: a trigger of the entries itself makes each delivery and its job, in the
 * entry's own transaction. Without a webhook it costs one look into an index, and no row.
 */
export class CreateWebhook20261129080000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook (
        tenant uuid not null references tenant (id),
        id uuid not null,
        kind text not null check (kind in ('standard', 'slack')),
        address text not null check (length(address) between 1 and 2000),
        types text[] not null check (cardinality(types) between 1 and 200),
        state text not null default 'active' check (state in ('active', 'disabled')),
        disabled_for text check (disabled_for in ('by-hand', 'gone', 'failing')),
        disabled_at timestamptz,
        disablings integer not null default 0,
        failing_since timestamptz,
        wrapped_key bytea not null,
        sealed bytea not null,
        secret_at timestamptz,
        created_by uuid,
        created_at timestamptz not null,
        primary key (tenant, id),
        check ((kind = 'standard') = (secret_at is not null)),
        check (num_nulls(disabled_for, disabled_at) = case state when 'disabled' then 0 else 2 end)
      )`);
    await runner.query(`create index webhook_active on webhook (tenant) where state = 'active'`);
    await runner.query(
      `select protect_tenant_table('webhook', 'select, insert, update (state, disabled_for, disabled_at, disablings, failing_since, wrapped_key, sealed, secret_at)')`,
    );
    await this.createDeliveries(runner);
    // the sequencer writes entries too, of no tenant that it is in: it finds no row, but it must be allowed to look
    await runner.query(`grant select (tenant, id, state, types) on webhook to imprimatur_sequencer`);
    await runner.query(`
      create function tell_webhooks() returns trigger language plpgsql as $$
      begin
        perform from webhook w where w.tenant = new.tenant and w.state = 'active' and new.type = any (w.types);
        if found then
          with told as (
            insert into webhook_delivery (tenant, id, webhook, entry, type, sequence, at, next_at)
              select new.tenant, gen_random_uuid(), w.id, new.id, new.type, new.position, new.at, now() from webhook w
               where w.tenant = new.tenant and w.state = 'active' and new.type = any (w.types)
              returning id
          )
          insert into job (tenant, kind, key, payload)
            select new.tenant, 'webhook-delivery', told.id::text, jsonb_build_object('delivery', told.id) from told;
        end if;
        return null;
      end $$`);
    await runner.query(`create trigger tell_webhooks after insert on ledger_entry for each row execute function tell_webhooks()`);
  }

  private async createDeliveries(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook_delivery (
        tenant uuid not null,
        id uuid not null,
        webhook uuid not null,
        entry uuid not null,
        type text not null,
        sequence bigint not null,
        at timestamptz not null,
        state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
        attempts integer not null default 0,
        next_at timestamptz,
        ended_at timestamptz,
        primary key (tenant, id),
        unique (tenant, webhook, entry),
        foreign key (tenant, webhook) references webhook (tenant, id),
        foreign key (tenant, entry) references ledger_entry (tenant, id),
        check ((state = 'pending') = (ended_at is null) and (state = 'pending') = (next_at is not null))
      )`);
    await runner.query(`create index webhook_delivery_page on webhook_delivery (tenant, webhook, sequence)`);
    await runner.query(`create index webhook_delivery_ended on webhook_delivery (tenant, ended_at) where ended_at is not null`);
    await runner.query(
      `select protect_tenant_table('webhook_delivery', 'select, insert, delete, update (state, attempts, next_at, ended_at)')`,
    );
    await runner.query(`
      create table webhook_attempt (
        tenant uuid not null,
        id uuid not null,
        delivery uuid not null,
        at timestamptz not null,
        took_ms integer not null check (took_ms >= 0),
        status integer,
        failure text check (length(failure) <= 100),
        answer text check (length(answer) <= 200),
        primary key (tenant, id),
        foreign key (tenant, delivery) references webhook_delivery (tenant, id)
      )`);
    await runner.query(`create index webhook_attempt_of on webhook_attempt (tenant, delivery, at)`);
    await runner.query(`select protect_tenant_table('webhook_attempt', 'select, insert, delete')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop trigger tell_webhooks on ledger_entry`);
    await runner.query(`drop function tell_webhooks()`);
    await runner.query(`drop table webhook_attempt`);
    await runner.query(`drop table webhook_delivery`);
    await runner.query(`drop table webhook`);
    await runner.query(`delete from job where kind = 'webhook-delivery' and state = 'queued'`);
  }
}
