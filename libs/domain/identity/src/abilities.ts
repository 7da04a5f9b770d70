import { AbilityBuilder, createMongoAbility, type MongoAbility, subject as typed } from '@casl/ability';
import { type Context, forbidden, type Forbidden, type Role, type SubjectId } from '@imprimatur/kernel';

export const ACTIONS = [
  'read',
  'create',
  'edit',
  'submit',
  'claim',
  'decide',
  'release',
  'export',
  'register',
  'withdraw',
  'administer',
  'activate',
  'disclose',
  'override',
] as const;
export type Action = (typeof ACTIONS)[number];

export const SUBJECT_TYPES = [
  'Asset',
  'Picture',
  'Session',
  'Turn',
  'Consent',
  'PolicyBundle',
  'ReviewTask',
  'Export',
  'LedgerEntry',
  'ApiKey',
  'Member',
  'Tenant',
  'Viewer',
  'Node',
  'Reconciliation',
  'LogAccess',
  'LegalHold',
  'Erasure',
  'RetentionRule',
  'PolicyException',
  'FaceAttestation',
  'KnownPicture',
  'QuarantineCase',
  'Notice',
  'VendorTerms',
  'Publication',
  'Recall',
  'Training',
  'Acknowledgement',
  'Credential',
  'ReviewComment',
  'ReviewConflict',
  'Webhook',
] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

/** What is known of one object when it is asked for; without it the question is about the kind as such. */
export interface Attributes {
  /** Who asked for the edit under review. */
  readonly requestedBy?: SubjectId | null;
  /** Who made the newest version under review. */
  readonly lastEditedBy?: SubjectId | null;
  /** Who is shown in the picture. */
  readonly depicts?: readonly SubjectId[];
  /** Who may not decide it for another reason: an author of the rule, somebody with a conflict of interest, who decided it before. */
  readonly bars?: readonly SubjectId[];
  /** Who agreed to it. */
  readonly givenBy?: SubjectId | null;
}

interface Grant {
  readonly to: readonly Action[];
  readonly on: readonly SubjectType[];
}

const WORK: readonly SubjectType[] = ['Asset', 'Picture', 'Session', 'Turn', 'PolicyBundle', 'Export'];
const EVERYTHING_READABLE: readonly SubjectType[] = [
  ...WORK,
  'Consent',
  'ReviewTask',
  'LedgerEntry',
  'PolicyException',
  'FaceAttestation',
  'KnownPicture',
  'QuarantineCase',
  'VendorTerms',
  'Publication',
  'Recall',
  'ReviewComment',
  'ReviewConflict',
];

/** Handing out of the ledger what others could not read: parts of entries, streams of events, and keys to the log itself. */
const LEDGER_TOLD: readonly Grant[] = [
  { to: ['disclose', 'export'], on: ['LedgerEntry'] },
  { to: ['read', 'administer'], on: ['LogAccess'] },
];

const KEEPING_READABLE: Grant = { to: ['read'], on: ['LegalHold', 'Erasure', 'RetentionRule'] };

const BANK: Grant = { to: ['read', 'create', 'withdraw'], on: ['KnownPicture'] };

const VENDORS: Grant = { to: ['read', 'register', 'activate', 'withdraw'], on: ['VendorTerms'] };

const RECALLS: readonly Grant[] = [
  { to: ['read', 'create'], on: ['Recall'] },
  { to: ['read', 'register'], on: ['Publication'] },
];

/** Threads on pins: between who asked for an edit and who reviews it. */
const COMMENTS: Grant = { to: ['read', 'create', 'edit'], on: ['ReviewComment'] };

const REVIEWING: readonly Grant[] = [COMMENTS, { to: ['read', 'create'], on: ['ReviewConflict'] }];

const EXCEPTIONS: Grant = { to: ['read', 'create', 'activate', 'withdraw', 'decide', 'override'], on: ['PolicyException'] };

/** What each role may do in its own tenant. Nothing else is allowed. */
export const ABILITIES: Readonly<Record<Role, readonly Grant[]>> = {
  creator: [
    { to: ['read'], on: [...WORK, 'Consent', 'ReviewTask'] },
    { to: ['create'], on: ['Asset', 'Session'] },
    { to: ['edit'], on: ['Session'] },
    { to: ['submit'], on: ['Turn'] },
    { to: ['export'], on: ['Export'] },
    { to: ['read', 'create'], on: ['PolicyException', 'FaceAttestation'] },
    { to: ['read', 'register'], on: ['Publication'] },
    COMMENTS,
  ],
  approver: [
    { to: ['read'], on: EVERYTHING_READABLE },
    { to: ['claim', 'decide'], on: ['ReviewTask'] },
    { to: ['release'], on: ['Turn'] },
    { to: ['create', 'activate', 'withdraw'], on: ['FaceAttestation'] },
    { to: ['create', 'decide'], on: ['QuarantineCase'] },
    { to: ['register'], on: ['Publication'] },
    ...REVIEWING,
  ],
  legal: [
    { to: ['read'], on: EVERYTHING_READABLE },
    { to: ['register', 'withdraw', 'disclose'], on: ['Consent'] },
    { to: ['register'], on: ['Asset'] },
    { to: ['claim', 'decide'], on: ['ReviewTask'] },
    { to: ['release'], on: ['Turn'] },
    { to: ['create', 'read'], on: ['Reconciliation'] },
    ...LEDGER_TOLD,
    KEEPING_READABLE,
    { to: ['create', 'withdraw'], on: ['LegalHold'] },
    { to: ['create'], on: ['Erasure'] },
    { to: ['edit'], on: ['RetentionRule'] },
    EXCEPTIONS,
    VENDORS,
    ...RECALLS,
    BANK,
    { to: ['create', 'activate', 'decide', 'withdraw'], on: ['FaceAttestation'] },
    { to: ['create', 'decide', 'administer'], on: ['QuarantineCase'] },
    ...REVIEWING,
  ],
  'policy-admin': [
    { to: ['read'], on: ['PolicyBundle', 'Turn', 'Session', 'ReviewTask'] },
    { to: ['create', 'edit', 'activate'], on: ['PolicyBundle'] },
    EXCEPTIONS,
    VENDORS,
    ...RECALLS,
    BANK,
  ],
  auditor: [
    { to: ['read'], on: [...EVERYTHING_READABLE, 'Member', 'ApiKey', 'Tenant', 'Webhook'] },
    { to: ['create', 'read'], on: ['Reconciliation'] },
    ...LEDGER_TOLD,
    KEEPING_READABLE,
  ],
  integrator: [
    { to: ['read'], on: WORK },
    { to: ['create'], on: ['Asset', 'Session'] },
    { to: ['edit'], on: ['Session'] },
    { to: ['submit'], on: ['Turn'] },
    { to: ['export'], on: ['Export'] },
    { to: ['read', 'register'], on: ['Publication'] },
  ],
  'tenant-admin': [
    { to: ['read', 'administer'], on: ['Tenant', 'Member', 'ApiKey', 'Webhook'] },
    { to: ['read'], on: ['PolicyBundle'] },
    { to: ['create', 'read'], on: ['Reconciliation'] },
    KEEPING_READABLE,
    { to: ['withdraw'], on: ['LegalHold'] },
  ],
  operator: [{ to: ['create'], on: ['Tenant'] }],
};

/**
 * What everybody who is signed in may do, whatever the role: see who they are, open a node, whose noun then decides, read what they are told, answer what
 * they are asked, sign, and do what the policy asks of them first.
 */
const ANYBODY: readonly Grant[] = [
  { to: ['read'], on: ['Viewer', 'Node'] },
  { to: ['read', 'edit'], on: ['Notice', 'Credential'] },
  { to: ['decide'], on: ['Recall'] },
  { to: ['read', 'create'], on: ['Training'] },
  { to: ['create'], on: ['Acknowledgement'] },
];

/** Separation of duties: nobody decides on an edit they asked for, made, or are shown in. Wins over every grant. */
const OWN_HAND: readonly (keyof Attributes)[] = ['requestedBy', 'lastEditedBy', 'depicts', 'bars'];

const WORDS: Readonly<Record<SubjectType, string>> = {
  Asset: 'assets',
  Picture: 'pictures',
  Session: 'sessions',
  Turn: 'turns',
  Consent: 'consent records',
  PolicyBundle: 'policy bundles',
  ReviewTask: 'review tasks',
  Export: 'exports',
  LedgerEntry: 'the ledger',
  ApiKey: 'API keys',
  Member: 'members',
  Tenant: 'tenants',
  Viewer: 'your own account',
  Node: 'objects',
  LogAccess: 'accesses to the log',
  LegalHold: 'legal holds',
  Erasure: 'erasures',
  RetentionRule: 'retention rules',
  PolicyException: 'exceptions from the policy',
  FaceAttestation: 'attestations of faces',
  KnownPicture: 'known pictures',
  QuarantineCase: 'quarantine cases',
  Notice: 'your notices',
  VendorTerms: "vendors' terms",
  Publication: 'publications',
  Recall: 'recalls',
  Training: 'your training',
  Acknowledgement: 'acknowledgements of the policy',
  Credential: 'authenticators of your own',
  ReviewComment: 'comments on a review',
  ReviewConflict: 'conflicts of interest',
  Webhook: 'webhooks',
  Reconciliation: 'reconciliations',
};

function abilityOf(context: Context): MongoAbility {
  const { can, cannot, build } = new AbilityBuilder<MongoAbility>(createMongoAbility);
  for (const { to, on } of [...ANYBODY, ...context.actor.roles.flatMap((role) => ABILITIES[role])]) can([...to], [...on]);
  const self = context.actor.subject;
  if (self !== null)
    for (const attribute of OWN_HAND) cannot(['claim', 'decide', 'release'], ['ReviewTask', 'Turn'], { [attribute]: self });
  return build();
}

/**
 * Null when the actor may do it, else the refusal to answer with. The system's own work (jobs, recovery) is not questioned:
 * it was authorised when it was asked for. `attributes` narrow the question to one object.
 */
export function allow(context: Context, action: Action, subjectType: SubjectType, attributes?: Attributes): Forbidden | null {
  if (context.actor.kind === 'system' || takesBackOwn(context, action, subjectType, attributes)) return null;
  const ability = abilityOf(context);
  if (ability.can(action, attributes ? typed(subjectType, { ...attributes }) : subjectType)) return null;
  const doing = `${action} ${WORDS[subjectType]}`;
  if (ability.can(action, subjectType)) {
    return forbidden(`${doing} of an edit that you asked for, made, or are shown in`, 'Somebody else of your tenant must do it.');
  }
  const roles = rolesThatMay(action, subjectType);
  return forbidden(
    doing,
    roles.length > 0 ? `Ask somebody with the role ${roles.join(' or ')}, or your tenant's administrator.` : 'Nobody may.',
  );
}

/** Whoever agreed to be shown may take it back, whatever their roles: a depicted person has none. Asked of one consent only, never of the kind. */
function takesBackOwn({ actor }: Context, action: Action, subjectType: SubjectType, attributes?: Attributes): boolean {
  return subjectType === 'Consent' && action === 'withdraw' && actor.subject !== null && attributes?.givenBy === actor.subject;
}

/** The roles that grant it, in the order of the table. */
export function rolesThatMay(action: Action, subjectType: SubjectType): readonly Role[] {
  const roles = Object.entries(ABILITIES) as [Role, readonly Grant[]][];
  return roles
    .filter(([, grants]) => [...ANYBODY, ...grants].some(({ to, on }) => to.includes(action) && on.includes(subjectType)))
    .map(([role]) => role);
}

export const isAction = (text: string): text is Action => ACTIONS.some((action) => action === text);
export const isSubjectType = (text: string): text is SubjectType => SUBJECT_TYPES.some((type) => type === text);
