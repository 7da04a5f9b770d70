import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATES = [
  'submitted',
  'screened',
  'held-before',
  'refused',
  'clarifying',
  'rendering',
  'rendered',
  'inspected',
  'held',
  'released',
  'rejected',
  'changes-requested',
  'blocked',
  'failed',
  'cancelled',
  'expired',
];

const TABLES = [
  `create table session (
    tenant uuid not null references tenant (id),
    id uuid not null,
    name text not null,
    use_case text not null,
    channel text not null,
    territory text not null,
    state text not null check (state in ('open', 'closed')),
    opened_by uuid,
    created_at timestamptz not null,
    primary key (tenant, id),
    foreign key (tenant, opened_by) references subject (tenant, id)
  )`,
  `create table session_asset (
    tenant uuid not null references tenant (id),
    session uuid not null,
    asset uuid not null,
    position integer not null check (position >= 0),
    primary key (tenant, session, asset),
    unique (tenant, session, position),
    foreign key (tenant, session) references session (tenant, id),
    foreign key (tenant, asset) references asset (tenant, id)
  )`,
  `create table mask (
    tenant uuid not null references tenant (id),
    id uuid not null,
    series uuid not null,
    number integer not null check (number >= 1),
    asset uuid,
    kind text not null check (kind in ('box', 'polygon', 'png')),
    shape jsonb not null,
    blob uuid,
    drawn_by uuid,
    created_at timestamptz not null,
    primary key (tenant, id),
    unique (tenant, series, number),
    foreign key (tenant, asset) references asset (tenant, id),
    foreign key (tenant, blob) references blob (tenant, id),
    foreign key (tenant, drawn_by) references subject (tenant, id),
    check ((kind = 'png') = (blob is not null)),
    check ((number = 1) = (series = id))
  )`,
  `create table turn (
    tenant uuid not null references tenant (id),
    id uuid not null,
    session uuid not null,
    prompt bytea not null,
    data_key bytea not null,
    providers text[] not null,
    all_or_nothing boolean not null,
    submitted_by uuid,
    submitted_at timestamptz not null,
    primary key (tenant, id),
    foreign key (tenant, session) references session (tenant, id),
    foreign key (tenant, submitted_by) references subject (tenant, id)
  )`,
  `create index turn_of_session on turn (tenant, session, id)`,
  `create index turn_of_subject on turn (tenant, submitted_by, submitted_at)`,
  `create table turn_item (
    tenant uuid not null references tenant (id),
    id uuid not null,
    turn uuid not null,
    position integer not null check (position >= 0),
    asset uuid not null,
    base_version uuid not null,
    mask uuid,
    state text not null check (state in (${STATES.map((state) => `'${state}'`).join(', ')})),
    revision integer not null check (revision >= 0),
    provider text,
    operations bytea,
    result_version uuid,
    failure text,
    retryable boolean,
    created_at timestamptz not null,
    moved_at timestamptz not null,
    primary key (tenant, id),
    unique (tenant, turn, asset),
    unique (tenant, turn, position),
    foreign key (tenant, turn) references turn (tenant, id),
    foreign key (tenant, asset, base_version) references version (tenant, asset, id),
    foreign key (tenant, asset, result_version) references version (tenant, asset, id),
    foreign key (tenant, mask) references mask (tenant, id),
    check ((failure is null) = (retryable is null)),
    check (state <> 'failed' or failure is not null),
    check (state not in ('rendered', 'inspected', 'released', 'blocked') or result_version is not null)
  )`,
  `create index turn_item_waiting on turn_item (tenant, state, moved_at)`,
  `create index turn_item_asset on turn_item (tenant, asset)`,
  `create index turn_item_result on turn_item (tenant, result_version) where result_version is not null`,
  `create table verdict (
    tenant uuid not null references tenant (id),
    id uuid not null,
    item uuid not null,
    ordinal integer not null check (ordinal >= 1),
    gate text not null,
    outcome text not null check (outcome in ('pass', 'hold', 'throttle', 'refuse')),
    findings jsonb not null,
    evidence jsonb not null,
    created_at timestamptz not null,
    primary key (tenant, id),
    unique (tenant, item, ordinal),
    foreign key (tenant, item) references turn_item (tenant, id)
  )`,
  `create table clarification (
    tenant uuid not null references tenant (id),
    id uuid not null,
    item uuid not null,
    question bytea not null,
    answer bytea,
    asked_at timestamptz not null,
    answered_at timestamptz,
    answered_by uuid,
    primary key (tenant, id),
    foreign key (tenant, item) references turn_item (tenant, id),
    foreign key (tenant, answered_by) references subject (tenant, id),
    check ((answer is null) = (answered_at is null))
  )`,
  // one question at a time
  `create unique index clarification_open on clarification (tenant, item) where answer is null`,
  `create index clarification_item on clarification (tenant, item, id)`,
];

const PROTECTION = [
  `select protect_tenant_table('session', 'select, insert, update (state)')`,
  `select protect_tenant_table('session_asset', 'select, insert')`,
  `select protect_tenant_table('mask', 'select, insert')`,
  `select protect_tenant_table('turn', 'select, insert')`,
  `select protect_tenant_table('turn_item',
    'select, insert, update (state, revision, provider, operations, result_version, mask, failure, retryable, moved_at)')`,
  `select protect_tenant_table('verdict', 'select, insert')`,
  `select make_append_only('verdict')`,
  `select protect_tenant_table('clarification', 'select, insert, update (answer, answered_at, answered_by)')`,
];

export class CreateEditing20261123097000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...PROTECTION]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['clarification', 'verdict', 'turn_item', 'turn', 'mask', 'session_asset', 'session'])
      await runner.query(`drop table ${table}`);
  }
}
