import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where exports were published, and recalls of what should not have been. */
export class CreatePublication20261129090000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...INDEXES, ...PROTECTION]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table notice no force row level security`);
    await runner.query(`delete from notice where kind = 'recalled'`);
    await runner.query(`alter table notice force row level security`);
    await runner.query(`delete from job where kind in ('recall', 'recall-reminder') and state = 'queued'`);
    for (const index of ['verdict_findings', 'turn_item_mask', 'provider_attempt_requested', 'provider_attempt_answered', 'export_file'])
      await runner.query(`drop index ${index}`);
    for (const table of ['recall_version', 'recall_recipient', 'recall', 'publication']) await runner.query(`drop table ${table}`);
  }
}

const TABLES = [
  `create table publication (
    tenant uuid not null references tenant (id),
    id uuid not null,
    export uuid not null,
    channel text not null,
    url text not null check (length(url) <= 2000),
    published_at timestamptz not null,
    is_same_file boolean,
    entry uuid not null,
    registered_by uuid,
    registered_at timestamptz not null,
    ended_by uuid,
    ended_at timestamptz,
    primary key (tenant, id),
    foreign key (tenant, export) references export (tenant, id),
    foreign key (tenant, entry) references ledger_entry (tenant, id)
  )`,
  `create table recall (
    tenant uuid not null references tenant (id),
    id uuid not null,
    kind text not null check (kind in ('model', 'mask', 'rule', 'hash')),
    value text check (length(value) between 1 and 200),
    state text not null check (state in ('running', 'open', 'closed')),
    entry uuid not null,
    opened_by uuid,
    opened_at timestamptz not null,
    versions_blocked integer not null default 0,
    exports_flagged integer not null default 0,
    cursor uuid,
    closed_by uuid,
    closed_at timestamptz,
    outcome text check (outcome in ('confirmed', 'dismissed')),
    close_entry uuid,
    primary key (tenant, id),
    foreign key (tenant, entry) references ledger_entry (tenant, id),
    check ((kind = 'hash') = (value is null)),
    check (num_nulls(closed_at, outcome, close_entry) in (0, 3)),
    check ((state = 'closed') = (closed_at is not null)),
    constraint recall_two_people check (outcome is distinct from 'dismissed' or opened_by is null or closed_by is distinct from opened_by)
  )`,
  `create table recall_recipient (
    tenant uuid not null references tenant (id),
    recall uuid not null,
    subject uuid not null,
    exports uuid[] not null,
    reminders smallint not null default 0,
    answer text check (answer in ('taken-down', 'not-published', 'stays')),
    answered_at timestamptz,
    primary key (tenant, recall, subject),
    foreign key (tenant, recall) references recall (tenant, id),
    foreign key (tenant, subject) references subject (tenant, id),
    check ((answer is null) = (answered_at is null))
  )`,
  `create table recall_version (
    tenant uuid not null references tenant (id),
    recall uuid not null,
    version uuid not null,
    is_blocked boolean not null,
    primary key (tenant, recall, version),
    foreign key (tenant, recall) references recall (tenant, id),
    foreign key (tenant, version) references version (tenant, id)
  )`,
];

const INDEXES = [
  `create index publication_export on publication (tenant, export) where ended_at is null`,
  `create index recall_version_reached on recall_version (tenant, version)`,
  `create index recall_asked on recall_recipient (tenant, subject) where answer is null`,
  // how a recall finds what it reaches
  `create index provider_attempt_requested on provider_attempt (tenant, requested_model, item) where outcome = 'edited'`,
  `create index provider_attempt_answered on provider_attempt (tenant, model_version, item) where outcome = 'edited' and model_version is not null`,
  `create index turn_item_mask on turn_item (tenant, mask, id) where mask is not null`,
  `create index verdict_findings on verdict using gin (findings jsonb_path_ops) where findings <> '[]'::jsonb`,
  `create index export_file on export (tenant, signed_blob) where signed_blob is not null`,
];

const PROTECTION = [
  `select protect_tenant_table('publication', 'select, insert, update (ended_by, ended_at)')`,
  `select protect_tenant_table('recall',
    'select, insert, update (state, versions_blocked, exports_flagged, cursor, closed_by, closed_at, outcome, close_entry)')`,
  `select protect_tenant_table('recall_recipient', 'select, insert, update (exports, reminders, answer, answered_at)')`,
  `select protect_tenant_table('recall_version', 'select, insert, update (is_blocked)')`,
];
