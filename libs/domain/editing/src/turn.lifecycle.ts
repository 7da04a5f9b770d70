/** Where a turn's work on one picture is in its life. */
export const ITEM_STATES = [
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
] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** Who may cause a move: the service by itself, whoever may submit turns, whoever may decide reviews, whoever may withdraw consent. */
export const CAUSES = ['worker', 'requester', 'reviewer', 'rights'] as const;
export type Cause = (typeof CAUSES)[number];

export interface StateMeaning {
  /** Who must act for it to go on; `nobody` also where somebody still may (appeal, recall). */
  readonly waitsFor: 'worker' | 'requester' | 'reviewer' | 'nobody';
  readonly words: string;
}

export const STATES: Readonly<Record<ItemState, StateMeaning>> = {
  submitted: { waitsFor: 'worker', words: 'Asked for; no gate has answered yet.' },
  screened: { waitsFor: 'worker', words: 'Policy, consent and the moderation of prompt and picture have answered.' },
  'held-before': {
    waitsFor: 'reviewer',
    words: 'A person must decide before anything is rendered: no moderator answered, or a mask is to be approved.',
  },
  refused: { waitsFor: 'nobody', words: 'A gate or the provider said no, with the rule, its citation and the remedy.' },
  clarifying: { waitsFor: 'requester', words: 'One question must be answered first.' },
  rendering: { waitsFor: 'worker', words: 'A provider is, or was, at work on it.' },
  rendered: { waitsFor: 'worker', words: 'There is a result, stored byte for byte, that nobody has looked at.' },
  inspected: { waitsFor: 'worker', words: 'The gates after rendering have answered.' },
  held: { waitsFor: 'reviewer', words: 'A person must decide on the result.' },
  released: { waitsFor: 'nobody', words: 'The result may be exported.' },
  rejected: { waitsFor: 'nobody', words: 'A person said no to the result, or to the edit before it was rendered.' },
  'changes-requested': { waitsFor: 'requester', words: 'A person asked for something else.' },
  blocked: { waitsFor: 'nobody', words: 'Released once; consent or the right to it was withdrawn, or it was recalled.' },
  failed: { waitsFor: 'nobody', words: 'The provider or the service failed.' },
  cancelled: { waitsFor: 'nobody', words: 'Given up by who asked for it, or with the rest of an all-or-nothing turn.' },
  expired: { waitsFor: 'nobody', words: 'Nobody answered in time.' },
};

/** One legal move of an item. */
export interface Move {
  readonly from: ItemState;
  readonly to: ItemState;
  /** Type of the ledger event that is written in the same transaction. */
  readonly event: string;
  readonly by: readonly Cause[];
  readonly words: string;
  /** Puts the worker back to work: a job is enqueued in the same transaction. */
  readonly resumes?: true;
}

const WORKER: readonly Cause[] = ['worker'];
const REVIEWER: readonly Cause[] = ['reviewer'];
const REQUESTER: readonly Cause[] = ['requester'];

/** The main line and its branches, in the order of a life. */
const BRANCHES: readonly Move[] = [
  { from: 'submitted', to: 'screened', event: 'item.screened', by: WORKER, words: 'The gates before rendering have answered.' },
  { from: 'submitted', to: 'held-before', event: 'item.held', by: WORKER, words: 'A gate holds, before the others need to answer.' },
  { from: 'submitted', to: 'refused', event: 'item.refused', by: WORKER, words: 'A gate refuses, before the others need to answer.' },
  { from: 'submitted', to: 'clarifying', event: 'clarification.asked', by: WORKER, words: 'The parser is not sure what is meant.' },
  {
    from: 'screened',
    to: 'held-before',
    event: 'item.held',
    by: WORKER,
    words: 'A gate holds: no moderator answers, or a mask is to be approved.',
  },
  { from: 'screened', to: 'refused', event: 'item.refused', by: WORKER, words: 'A gate refuses.' },
  { from: 'screened', to: 'clarifying', event: 'clarification.asked', by: WORKER, words: 'The parser is not sure what is meant.' },
  { from: 'screened', to: 'rendering', event: 'item.rendering', by: WORKER, words: 'No gate objects; the provider begins.' },
  {
    from: 'held-before',
    to: 'screened',
    event: 'item.screened',
    by: ['reviewer', 'worker'],
    words: 'A reviewer lets it go on, or the moderator answers again.',
    resumes: true,
  },
  { from: 'held-before', to: 'rejected', event: 'item.rejected', by: REVIEWER, words: 'A reviewer says no.' },
  {
    from: 'clarifying',
    to: 'submitted',
    event: 'clarification.answered',
    by: REQUESTER,
    words: 'The question is answered.',
    resumes: true,
  },
  {
    from: 'rendering',
    to: 'rendering',
    event: 'item.rendering',
    by: WORKER,
    words: 'The attempt before ended without a result; another begins.',
  },
  { from: 'rendering', to: 'rendered', event: 'item.rendered', by: WORKER, words: 'The result is stored.' },
  { from: 'rendering', to: 'refused', event: 'item.refused', by: WORKER, words: 'The provider refuses.' },
  { from: 'rendering', to: 'clarifying', event: 'clarification.asked', by: WORKER, words: 'The provider asks back.' },
  {
    from: 'rendering',
    to: 'submitted',
    event: 'item.returned',
    by: WORKER,
    words: 'The provider has no room; the next one that the turn names is judged before it is asked.',
  },
  { from: 'rendered', to: 'inspected', event: 'item.inspected', by: WORKER, words: 'The gates after rendering have answered.' },
  { from: 'inspected', to: 'held', event: 'item.held', by: WORKER, words: 'Policy wants a human to decide.' },
  { from: 'inspected', to: 'refused', event: 'item.refused', by: WORKER, words: 'Policy refuses the result.' },
  { from: 'inspected', to: 'released', event: 'item.released', by: WORKER, words: 'Policy lets this class through without a human.' },
  { from: 'held', to: 'released', event: 'item.released', by: REVIEWER, words: 'Approved by as many as policy demands.' },
  { from: 'held', to: 'rejected', event: 'item.rejected', by: REVIEWER, words: 'A reviewer says no.' },
  { from: 'held', to: 'changes-requested', event: 'item.changes-requested', by: REVIEWER, words: 'A reviewer asks for something else.' },
  { from: 'rejected', to: 'held', event: 'item.appealed', by: REQUESTER, words: 'Appeal: somebody else decides.' },
  {
    from: 'rejected',
    to: 'held-before',
    event: 'item.appealed',
    by: REQUESTER,
    words: 'Appeal against the rejection of an edit that was not rendered yet.',
  },
  {
    from: 'changes-requested',
    to: 'submitted',
    event: 'item.resubmitted',
    by: REQUESTER,
    words: 'Asked for again; every gate answers anew.',
    resumes: true,
  },
  {
    from: 'changes-requested',
    to: 'held',
    event: 'item.held',
    by: ['requester', 'worker'],
    words: 'The mask was corrected and the picture rendered again.',
  },
  { from: 'released', to: 'blocked', event: 'item.blocked', by: ['rights', 'worker'], words: 'Withdrawal, expiry or recall.' },
];

const moves = (from: readonly ItemState[], move: Omit<Move, 'from'>): Move[] => from.map((state) => ({ from: state, ...move }));

/** Every legal move. The only place that says so: code, documentation and tests read it. */
export const MOVES: readonly Move[] = [
  ...BRANCHES,
  ...moves(['submitted', 'screened', 'rendering', 'rendered', 'inspected'], {
    to: 'failed',
    event: 'item.failed',
    by: WORKER,
    words: 'The provider or the service fails, and is not tried again.',
  }),
  ...moves(['submitted', 'screened', 'held-before', 'clarifying', 'rendering', 'rendered', 'inspected', 'held', 'changes-requested'], {
    to: 'cancelled',
    event: 'item.cancelled',
    by: ['requester', 'rights', 'worker'],
    words: 'Given up, or the consent to it has ended.',
  }),
  ...moves(['submitted', 'held-before', 'clarifying', 'held', 'changes-requested'], {
    to: 'expired',
    event: 'item.expired',
    by: WORKER,
    words: 'Nobody answered in time.',
  }),
];

const byEnds = new Map(MOVES.map((move) => [`${move.from} ${move.to}`, move]));

/** Null: not a legal move. */
export function findMove(from: ItemState, to: ItemState): Move | null {
  return byEnds.get(`${from} ${to}`) ?? null;
}

/** How an item ends when the right to its picture does; null: it has ended, or a person has refused it. */
export function rightsEnd(from: ItemState): 'blocked' | 'cancelled' | null {
  if (findMove(from, 'blocked')) return 'blocked';
  return findMove(from, 'cancelled') ? 'cancelled' : null;
}

/** No move leads out of it. */
export function isTerminal(state: ItemState): boolean {
  return MOVES.every((move) => move.from !== state);
}

/** In an all-or-nothing turn, an item that ends so takes those with it that can still be cancelled. */
export function sinksOthers(state: ItemState): boolean {
  return ['refused', 'rejected', 'failed', 'cancelled', 'expired'].includes(state);
}

/** What is still under way, least advanced first; then what ended, best first: one refusal does not hide that another was released. */
const ADVANCE: readonly ItemState[] = [
  'clarifying',
  'submitted',
  'held-before',
  'screened',
  'rendering',
  'rendered',
  'inspected',
  'changes-requested',
  'held',
  'released',
  'blocked',
  'rejected',
  'refused',
  'failed',
  'expired',
  'cancelled',
];

/** A turn's state: that of its least advanced item; when all have ended, the best end that one of them found. */
export function turnState(items: readonly ItemState[]): ItemState {
  const found = ADVANCE.find((state) => items.includes(state));
  if (found === undefined) throw new RangeError('a turn has at least one item');
  return found;
}
