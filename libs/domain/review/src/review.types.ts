import type { Hand } from '@imprimatur/domain/identity';
import type {
  AssetId,
  DecisionId,
  EntryId,
  Finding,
  ItemId,
  Role,
  SessionId,
  SubjectId,
  TaskId,
  TurnId,
  VersionId,
} from '@imprimatur/kernel';
import type { ConditionWish, OfferedCondition, PinWish } from './decisions/decision.types.js';

/** open > claimed > decided; claimed > open when it is given back or its lease runs out; open or claimed > voided. */
export const TASK_STATES = ['open', 'claimed', 'decided', 'voided'] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const REVIEW_OUTCOMES = ['approve', 'reject', 'request-changes', 'escalate'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/** hold: a gate holds it. publication: released without a person, and wanted outside. appeal: somebody else decides once more. */
export const TASK_KINDS = ['hold', 'publication', 'appeal'] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** A place among those who must approve: for one role, or for anybody who may decide. */
export type Slot = Role | 'any';

/** The kind of job that looks at a task when its lease ends, its rest is over, or it is due; payload: `task`. */
export const TASK_CLOCK_JOB = 'task-clock';

/** What is to be reviewed, and why. */
export interface NewTask {
  readonly asset: AssetId;
  readonly turn: TurnId;
  readonly item: ItemId;
  /** The version that a reviewer looks at; null when the turn is held before anything was rendered. */
  readonly version: VersionId | null;
  /** 32 bytes that stand for exactly what a reviewer sees. A decision must name the same, so that nothing newer is approved unseen. */
  readonly contentDigest: Uint8Array;
  readonly queue: string;
  /** 0 is the most urgent, 9 the least. */
  readonly priority: number;
  readonly dueAt: Date;
  /** The route of the bundle that chose the queue; null or left out: none did. */
  readonly route?: string | null;
  /** The findings that held it. */
  readonly findings: readonly Finding[];
  /** Hex hash of the policy bundle that held it. */
  readonly bundleHash: string;
  /** Who asked for the edit; null for the system. May not decide. */
  readonly requester: SubjectId | null;
  /** Who made the version, where that is another person than the requester (a corrected mask). May not decide. */
  readonly lastEditor: SubjectId | null;
  /** Who is shown. May not decide. */
  readonly depicted: readonly SubjectId[];
  /** Where the edit was asked for; null: unknown. */
  readonly session: SessionId | null;
  readonly kind: TaskKind;
  /** Each to be filled by another person's approval. */
  readonly slots: readonly Slot[];
  /** The ended task that it follows: appealed, passed on, taken back, or judged again. */
  readonly follows: TaskId | null;
  /** Who drafted the rules that hold it; null: the system, or no rule of a bundle holds it. May not decide. */
  readonly policyAuthor: SubjectId | null;
  /** Who had a hand in it otherwise: opened the session, uploaded the picture, asked for an earlier edit of it. May not decide. */
  readonly involved: readonly SubjectId[];
  /** Who decided it before: in the first instance, or by passing it on. May not decide. */
  readonly deciders: readonly SubjectId[];
}

export interface ReviewTask extends Omit<NewTask, 'contentDigest' | 'route'> {
  readonly id: TaskId;
  /** Null: what was to be reviewed has been erased. */
  readonly contentDigest: Uint8Array | null;
  readonly state: TaskState;
  readonly openedAt: Date;
  /** Who holds it now, and until when; null unless it is claimed. A lease in the past is open to the next claim. */
  readonly claim: { readonly by: SubjectId; readonly until: Date } | null;
  /** Handed to this person by name; null: anybody's. */
  readonly delegatedTo: SubjectId | null;
  /** Offered to nobody before; null: not put aside. */
  readonly restsUntil: Date | null;
  /** When it was found to be late; null: it was not. */
  readonly breachedAt: Date | null;
  /** When it was decided or voided. */
  readonly endedAt: Date | null;
}

/** A task in the hands of a reviewer. `token` proves the claim; every claim has its own, so that a late decision of a former holder is refused. */
export interface ClaimedTask extends ReviewTask {
  readonly contentDigest: Uint8Array;
  readonly claim: { readonly by: SubjectId; readonly until: Date };
  readonly token: string;
}

export interface ReviewDecision {
  readonly id: DecisionId;
  readonly task: TaskId;
  readonly reviewer: SubjectId;
  readonly outcome: ReviewOutcome;
  readonly reasonCode: string;
  readonly bundleHash: string;
  /** The ledger entry `task.decided`; its part `reason` holds the reviewer's text. */
  readonly entry: EntryId;
  readonly decidedAt: Date;
  /** Index of the task's slot that it fills; null: no approval. */
  readonly slot: number | null;
  /** When it will be followed by what it decides, unless it is taken back before; null: at once. */
  readonly takesEffectAt: Date | null;
}

/** A reason that the policy offers for an outcome; `required`: only together with a text. */
export interface OfferedReason {
  readonly code: string;
  readonly text: 'required' | 'optional';
}

/** The part of the policy that a decision is checked against; the caller takes it from the active bundle. */
export interface ReviewPolicy {
  readonly bundleHash: string;
  readonly reasons: Readonly<Record<ReviewOutcome, readonly OfferedReason[]>>;
  readonly conditions: readonly OfferedCondition[];
  /** Channels that a condition may name. */
  readonly channels: readonly string[];
  /** Queues that a task may be passed on to. */
  readonly queues: readonly string[];
  /** How long a decision in the task's queue can be taken back. */
  readonly undoSeconds: number;
}

export interface NewDecision {
  readonly task: TaskId;
  readonly token: string;
  readonly outcome: ReviewOutcome;
  readonly reasonCode: string;
  /** Why, in the reviewer's words; empty where the reason needs none. */
  readonly text: string;
  readonly contentDigest: Uint8Array;
  readonly policy: ReviewPolicy;
  /** The role and the signature of who decides, which the caller has checked. */
  readonly hand?: Hand;
  /** What the approval demands of what follows. */
  readonly conditions?: readonly ConditionWish[];
  /** Where changes are asked for. */
  readonly pins?: readonly PinWish[];
  /** Where it is passed on to; the first queue named `legal` when left out. */
  readonly queue?: string | null;
}

/** Where a page of tasks ended: the next begins after it. */
export interface TaskCursor {
  readonly priority: number;
  readonly dueAt: Date;
  readonly id: TaskId;
}

export interface TaskPage {
  /** Null: every queue. */
  readonly queue: string | null;
  /** Null: open and claimed, which is what waits. */
  readonly state: 'open' | 'claimed' | null;
  /** Only what is in the reader's hands, or was handed to them by name. */
  readonly isMine: boolean;
  /** Only what is late. */
  readonly isBreached: boolean;
  readonly first: number;
  readonly after: TaskCursor | null;
}
