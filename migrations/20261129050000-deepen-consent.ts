import type { MigrationInterface, QueryRunner } from 'typeorm';

const RECORD = [
  `alter table consent_record
     add column representative_kind text check (representative_kind in ('guardian', 'estate')),
     add column representative_basis text,
     add column representative uuid,
     add column model_release text check (model_release in ('MR-NON', 'MR-NAP', 'MR-UMR', 'MR-LMR')),
     add column property_release text check (property_release in ('PR-NON', 'PR-NAP', 'PR-UPR', 'PR-LPR')),
     add foreign key (tenant, representative) references subject (tenant, id),
     add constraint consent_record_representative check (
       (representative is null) = (representative_kind is null) and (representative is null) = (representative_basis is null)
     )`,
  // records from before stay as they were, and can still be withdrawn
  `alter table consent_record add constraint consent_record_guardian
     check (age_band <> 'minor' or representative is not null or state = 'withdrawn') not valid`,
];

/** The signed form and the like: the bytes lie sealed, and are destroyed with the person's key. */
const EVIDENCE = [
  `create table consent_evidence (
    tenant uuid not null references tenant (id),
    consent uuid not null,
    number integer not null check (number >= 1),
    consent_version integer not null,
    blob uuid not null,
    format text not null check (format in ('pdf', 'jpeg', 'png')),
    size_bytes bigint not null check (size_bytes > 0),
    sha256 bytea check (octet_length(sha256) = 32),
    entry uuid not null,
    added_by uuid,
    added_at timestamptz not null,
    primary key (tenant, consent, number),
    foreign key (tenant, consent, consent_version) references consent_record (tenant, id, version),
    foreign key (tenant, blob) references blob (tenant, id),
    foreign key (tenant, entry) references ledger_entry (tenant, id)
  )`,
  `select make_append_only('consent_evidence')`,
  `drop trigger append_only_rows on consent_evidence`,
  `create trigger append_only_but_for_erasure before update or delete on consent_evidence
     for each row execute function refuse_change_but_for_erasure('sha256')`,
  `alter table consent_evidence enable always trigger append_only_but_for_erasure`,
  `select protect_tenant_table('consent_evidence', 'select, insert, update (sha256)')`,
];

const NOTICE_KINDS = (kinds: string): readonly string[] => [
  `alter table notice drop constraint notice_kind_check`,
  `alter table notice add constraint notice_kind_check check (kind in (${kinds}))`,
];

/** Who speaks for the person, which releases there are, and the evidence of what was signed. */
export class DeepenConsent20261129050000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kinds = `'consent-withdrawn', 'consent-expired', 'consent-expiring', 'attestation-ended', 'consent-narrowed'`;
    for (const statement of [...RECORD, ...EVIDENCE, ...NOTICE_KINDS(kinds)]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table notice no force row level security`);
    await runner.query(`delete from notice where kind = 'consent-narrowed'`);
    await runner.query(`alter table notice force row level security`);
    for (const statement of NOTICE_KINDS(`'consent-withdrawn', 'consent-expired', 'consent-expiring', 'attestation-ended'`))
      await runner.query(statement);
    await runner.query(`drop table consent_evidence`);
    await runner.query(
      `alter table consent_record drop constraint consent_record_guardian, drop constraint consent_record_representative,
         drop column representative_kind, drop column representative_basis, drop column representative,
         drop column model_release, drop column property_release`,
    );
  }
}
