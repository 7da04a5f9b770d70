/** OCSF's activity_id of both classes. */
export const ACTIVITY_NAMES = { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 99: 'Other' } as const;
export type OcsfActivity = keyof typeof ACTIVITY_NAMES;

export interface OcsfRow {
  /** api: somebody called, or was called by, the service (6003). entity: something that is kept changed (3004). */
  readonly as: 'api' | 'entity';
  /** Kinds in `about` of which the first that is there is the managed entity; for `entity`. */
  readonly entity: readonly string[];
  /** Who speaks in the exchange with a model; under the profile `ai_operation`. */
  readonly ai?: 'user' | 'assistant';
  /** Activity by what stands after the dot. */
  readonly did: Readonly<Record<string, OcsfActivity>>;
}

const api = (did: OcsfRow['did'], ai?: OcsfRow['ai']): OcsfRow => ({ as: 'api', entity: [], did, ...(ai ? { ai } : {}) });
const entity = (kinds: readonly string[], did: OcsfRow['did']): OcsfRow => ({ as: 'entity', entity: kinds, did });

export const OCSF_UNKNOWN: OcsfRow = entity([], {});

/** What each type of event is in OCSF, by what stands before its dot. A new type of event gets its word here; a test walks all of them. */
export const OCSF_TABLE: Readonly<Record<string, OcsfRow>> = {
  tenant: entity(['tenant'], { created: 1 }),
  member: entity(['subject'], { added: 1 }),
  role: entity(['subject'], { proposed: 1, granted: 3, declined: 4, revoked: 3 }),
  credential: entity(['credential'], { enrolled: 1, revoked: 4 }),
  key: entity(['key'], { created: 1, revoked: 4 }),
  keys: entity(['tenant'], { rotated: 3, 'rotation-requested': 3 }),
  asset: entity(['asset'], { uploaded: 1, erased: 4 }),
  version: entity(['version'], { created: 1, released: 3, blocked: 3, restored: 3 }),
  screening: entity(['version'], { done: 1, failed: 1 }),
  subject: entity(['subject'], { erased: 4, 'erasure-completed': 4 }),
  hold: entity(['hold'], { placed: 1, released: 4 }),
  retention: entity(['tenant'], { applied: 4 }),
  'retention-rule': entity(['tenant'], { set: 3 }),
  consent: entity(['consent'], {
    registered: 1,
    withdrawn: 4,
    expired: 4,
    'receipt-issued': 1,
    'expiry-warned': 99,
    amended: 3,
    'evidence-added': 1,
    'evidence-downloaded': 2,
  }),
  bundle: entity(['bundle'], { drafted: 1, shadowed: 3, canaried: 3, 'trial-ended': 3, activated: 3, retired: 4, 'rolled-back': 3 }),
  policy: entity(['bundle'], { acknowledged: 99 }),
  training: entity(['subject'], { passed: 3 }),
  'source-rights': entity(['asset'], { recorded: 3 }),
  attestation: entity(['attestation'], { made: 1, confirmed: 3, ended: 4 }),
  exception: entity(['exception'], { proposed: 1, approved: 3, 'glass-broken': 1, reviewed: 3, ended: 4 }),
  terms: entity(['terms'], { registered: 1, approved: 3, ended: 4 }),
  publication: entity(['publication'], { registered: 1, 'taken-down': 4 }),
  recall: entity(['recall'], { opened: 1, reached: 3, reminded: 99, answered: 3, closed: 4 }),
  case: entity(['case'], { opened: 1, complained: 3, quarantined: 3, named: 3, viewed: 2, proposed: 3, ended: 4 }),
  'known-picture': entity(['known-picture'], { listed: 1, lifted: 4 }),
  questions: entity(['tenant'], { exported: 2 }),
  simulation: entity(['simulation'], { started: 1, done: 3, failed: 3, cancelled: 4 }),
  session: entity(['session'], { opened: 1, closed: 3 }),
  mask: entity(['mask'], { drawn: 1 }),
  turn: api({ submitted: 1, cancelled: 3 }, 'user'),
  clarification: api({ asked: 3, answered: 3 }, 'user'),
  attempt: api({ began: 1, ended: 3 }, 'assistant'),
  item: entity(['item'], {
    screened: 3,
    held: 3,
    refused: 3,
    rendering: 3,
    rendered: 3,
    inspected: 3,
    released: 3,
    rejected: 3,
    'changes-requested': 3,
    appealed: 3,
    resubmitted: 3,
    returned: 3,
    blocked: 3,
    failed: 3,
    cancelled: 4,
    expired: 4,
  }),
  verdict: entity(['verdict'], { recorded: 1 }),
  task: entity(['task'], {
    opened: 1,
    claimed: 3,
    returned: 3,
    decided: 3,
    voided: 4,
    'decision-undone': 3,
    'decision-voided': 3,
    overturned: 3,
    skipped: 3,
    snoozed: 3,
    delegated: 3,
    breached: 3,
  }),
  pin: entity(['pin'], { placed: 1, commented: 3, resolved: 3 }),
  conflict: entity(['conflict'], { declared: 1 }),
  absence: entity(['subject'], { set: 3 }),
  export: api({ requested: 1, rendered: 3, signed: 3, downloaded: 2, failed: 3, flagged: 3 }),
  webhook: entity(['webhook'], { created: 1, 'secret-rotated': 3, disabled: 3, enabled: 3, replayed: 99 }),
  ledger: api({ disclosed: 2, 'export-began': 2, 'export-ended': 2 }),
  log: api({ 'access-granted': 1, 'access-used': 2, 'access-revoked': 4, checkpointed: 1, 'key-changed': 3, succeeded: 3 }),
  reconciliation: entity(['reconciliation'], { imported: 1, completed: 3 }),
};

/** Null: the type is not in the table. */
export function ocsfRowOf(type: string): { readonly row: OcsfRow; readonly activity: OcsfActivity } | null {
  const dot = type.indexOf('.');
  const noun = type.slice(0, dot);
  const row = Object.hasOwn(OCSF_TABLE, noun) ? OCSF_TABLE[noun] : undefined;
  const verb = type.slice(dot + 1);
  const activity = row && Object.hasOwn(row.did, verb) ? row.did[verb] : undefined;
  return row && activity !== undefined ? { row, activity } : null;
}
