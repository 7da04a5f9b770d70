/** What the catalogue query may find, and why that is right. Everything else it finds fails the test; so does an exception without a finding. */
export interface CatalogueException {
  readonly relation: string;
  /** The names of the findings in catalogue.sql. */
  readonly findings: readonly string[];
  readonly reason: string;
}

export const EXCEPTIONS: readonly CatalogueException[] = [
  {
    relation: 'schema_migration',
    findings: ['rls-not-forced', 'no-policy', 'no-tenant-column', 'key-without-tenant'],
    reason: 'TypeORM keeps the names of the migrations here; it holds nothing of a tenant',
  },
  {
    relation: 'job',
    findings: ['rls-not-forced', 'no-policy', 'key-without-tenant'],
    reason: 'a worker takes jobs of every tenant; a row holds ids only, and the key of one waiting job has its tenant',
  },
  {
    relation: 'rate_limit',
    findings: ['rls-not-forced', 'no-policy', 'no-tenant-column', 'key-without-tenant'],
    reason: "hashes of who asks, before any tenant is known; the shape is rate-limiter-flexible's",
  },
  {
    relation: 'installation',
    findings: ['rls-not-forced', 'no-policy', 'no-tenant-column', 'key-without-tenant'],
    reason: 'one row, the id that every log origin of this installation carries; it holds nothing of a tenant',
  },
  {
    relation: 'tenant',
    findings: ['no-tenant-column', 'key-without-tenant'],
    reason: 'its row is the tenant: its policy compares the id itself',
  },
];

/** Tables whose rows never change (FORMATS, 'Log'), as far as their migrations exist. */
export const APPEND_ONLY = [
  'ledger_entry',
  'ledger_leaf',
  'ledger_node',
  'ledger_about',
  'ledger_checkpoint',
  'ledger_succession',
  'review_decision',
  'training_attempt',
  'training_result',
  'policy_acknowledgement',
  'review_decision_effect',
  'review_decision_undo',
  'review_overturn',
  'review_condition',
  'review_conflict',
  'review_pin_comment',
] as const;
