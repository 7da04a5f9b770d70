/**
 * The floors and walls of the house, once, as data. A room is the longest matching key. `may` lists the rooms whose face it may
 * import (`domain/*` = any noun); its own room is always allowed. ARCHITECTURE.md tells the reasons at length.
 */
export interface Wall {
  readonly may: readonly string[];
  readonly why: string;
}

export const ROOMS: Readonly<Record<string, Wall>> = {
  kernel: { may: [], why: 'the kernel is what everything else stands on, and the browser runs it too' },
  'formats/merkle': { may: ['kernel'], why: 'formats are pure, so that a stranger can run them without this service' },
  'formats/ledger': { may: ['kernel', 'formats/merkle'], why: 'entries and receipts are proven by the tree and by nothing else' },
  'formats/manifest': { may: ['kernel', 'formats/merkle', 'formats/ledger'], why: 'a manifest carries receipts; it knows no database' },
  'formats/timestamp': { may: ['kernel'], why: 'a stamp is checked offline, with certificates that the verifier brings' },
  'formats/policy': { may: ['kernel'], why: 'a bundle must mean the same in a test, a simulation and the service' },
  'formats/evidence': { may: ['kernel', 'formats/merkle', 'formats/ledger', 'formats/manifest'], why: 'evidence is verified offline' },
  platform: { may: ['kernel', 'platform/config', 'platform/telemetry'], why: 'platform is I/O that knows no noun of ours' },
  'platform/keys': {
    may: ['kernel', 'platform/files', 'platform/config', 'platform/threads', 'platform/egress'],
    why: 'a key file must be on disk before anything is sealed under it; a token blocks its thread, a KMS is outside',
  },
  'platform/signing': { may: ['kernel', 'platform/files'], why: 'what was signed must be on disk before a signature leaves the house' },
  'platform/jobs': {
    may: ['kernel', 'platform/config', 'platform/telemetry', 'platform/database'],
    why: 'a job is enqueued in the transaction of its change',
  },
  'platform/idempotency': {
    may: ['kernel', 'platform/config', 'platform/database'],
    why: 'the first answer is kept in the transaction that made it',
  },
  'platform/images': { may: ['kernel', 'platform/config', 'platform/threads'], why: 'pictures are decoded off the event loop' },
  'domain/log-signer': {
    may: ['kernel', 'formats/merkle', 'formats/ledger', 'platform/files', 'platform/signing'],
    why: 'it is also a process of its own, which has the key and no database: whoever reviews it reads this room',
  },
  'domain/ledger': {
    may: ['kernel', 'formats/merkle', 'formats/ledger', 'formats/timestamp', 'platform/*', 'domain/log-signer'],
    why: 'every noun writes to the ledger, so it may know none of them',
  },
  'domain/identity': {
    may: ['kernel', 'formats/ledger', 'platform/*', 'domain/ledger'],
    why: 'every noun asks who acts, so identity may know none of them; the statement that a person signs is part of the ledger',
  },
  domain: {
    may: ['kernel', 'platform/*', 'domain/ledger', 'domain/identity'],
    why: 'two nouns meet only in flows; hand ids over, or move what joins them to libs/flows',
  },
  'domain/policies': {
    may: ['kernel', 'formats/ledger', 'formats/policy', 'platform/*', 'domain/ledger', 'domain/identity'],
    why: 'policies own their format, and meet other nouns in flows',
  },
  'domain/moderation': {
    may: ['kernel', 'formats/policy', 'platform/*', 'domain/ledger', 'domain/identity'],
    why: 'the word lists are part of a policy bundle, whose grammar is one wherever it is read',
  },
  'domain/training': {
    may: ['kernel', 'formats/policy', 'platform/*', 'domain/ledger', 'domain/identity'],
    why: 'the modules are part of a policy bundle; which bundle counts is for a flow to say',
  },
  'domain/provenance': {
    may: ['kernel', 'formats/manifest', 'formats/ledger', 'formats/merkle', 'platform/*', 'domain/ledger', 'domain/identity'],
    why: 'provenance owns its format, and meets other nouns in flows',
  },
  'domain/webhooks': {
    may: ['kernel', 'formats/ledger', 'platform/*', 'domain/ledger', 'domain/identity'],
    why: 'what can be told of are the types of the ledger, whose table is one; other nouns it meets in flows',
  },
  flows: { may: ['kernel', 'formats/*', 'platform/*', 'domain/*'], why: 'a flow joins nouns; flows do not call each other unless listed' },
  'flows/exports': { may: ['kernel', 'formats/*', 'platform/*', 'domain/*', 'flows/gates'], why: 'an export asks the gates once more' },
  'flows/quarantine': {
    may: ['kernel', 'formats/*', 'platform/*', 'domain/*', 'flows/consents', 'flows/erasure'],
    why: 'a quarantine takes pictures down as a withdrawal does, and may end as an erasure does',
  },
  'flows/recalls': {
    may: ['kernel', 'formats/*', 'platform/*', 'domain/*', 'flows/consents'],
    why: 'a recall takes pictures down as a withdrawal does',
  },
  'apps/api': { may: ['kernel', 'formats/*', 'platform/*', 'domain/*', 'flows/*'], why: 'no app imports an app' },
  'apps/worker': { may: ['kernel', 'formats/*', 'platform/*', 'domain/*', 'flows/*'], why: 'no app imports an app' },
  'apps/serve': {
    may: ['kernel', 'platform/config', 'platform/database', 'platform/telemetry'],
    why: 'the supervisor prepares the database and starts the others; it serves nothing',
  },
  'apps/witness': {
    may: ['kernel', 'formats/*', 'platform/config', 'platform/files', 'platform/signing'],
    why: 'a witness runs on a machine of other people, and knows nothing of the service',
  },
  'apps/signer': {
    may: ['kernel', 'formats/*', 'platform/config', 'platform/signing', 'domain/log-signer'],
    why: 'whoever owns it owns the log key: it is small, and knows nothing of the service',
  },
  apps: {
    may: ['kernel', 'formats/*', 'platform/config'],
    why: 'it must run on a machine that has neither the service nor its database; speak HTTP to the API',
  },
};

/** One home for each power: who may import a package, and what everybody else does instead. */
export interface Power {
  readonly packages: RegExp;
  readonly homes: readonly RegExp[];
  readonly instead: string;
}

export const POWERS: readonly Power[] = [
  {
    packages: /^typeorm$/,
    homes: [/\.(entity|repository)\.ts$/, /^libs\/platform\/(database|jobs|idempotency)\//, /^migrations\//],
    instead: 'ask a repository; queries live in <noun>.repository.ts so that row-level security and indexes can be reviewed in one place',
  },
  {
    packages: /^pg$/,
    homes: [/^libs\/platform\/(database|jobs)\//, /^libs\/domain\/ledger\//, /^apps\/(api\/src\/door|serve)\//],
    instead: 'use the unit of work; only the sequencer, the listener and the rate limiter hold connections of their own',
  },
  {
    packages: /^nodemailer$/,
    homes: [/^libs\/platform\/mail\//],
    instead: 'hand a letter to the Mailer of platform/mail',
  },
  {
    packages: /^@nestjs\/graphql$|^@apollo\//,
    homes: [/^apps\/api\//],
    instead: 'GraphQL stays in apps/api; rooms answer domain types and Results',
  },
];

/** Source texts with one home. */
export const PHRASES: readonly { phrase: RegExp; homes: readonly RegExp[]; instead: string }[] = [
  {
    phrase: /\bprocess\.env\b/,
    homes: [/^libs\/platform\/config\//, /^apps\/serve\//, /^apps\/(cli|demo)\//],
    instead: 'read a field of Config; platform/config is the only reader of the environment (launchers pass it on to their children)',
  },
  {
    phrase: /\bnew Date\(\)|\bDate\.now\(\)/,
    homes: [/^libs\/kernel\//, /^apps\/(cli|demo|serve)\//],
    instead: 'ask the Clock of the kernel, so that tests can move it',
  },
  {
    phrase: /\brandomUUID\(|\bMath\.random\(/,
    homes: [/^libs\/kernel\//],
    instead: 'call newId of the kernel: ids are branded and time-ordered; use node:crypto randomBytes for secrets',
  },
];

export const FORBIDDEN_NAMES = /(^|[-./])(utils?|helpers?|common|base|manager|misc)([-.]|$)/;
