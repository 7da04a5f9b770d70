import type {
  AssetId,
  BlobId,
  ItemId,
  Json,
  JsonObject,
  MaskId,
  SessionId,
  SubjectId,
  TurnId,
  Verdict,
  VerdictId,
  VersionId,
} from '@imprimatur/kernel';
import type { ItemState } from './turn.lifecycle.js';

/** A conversation over one or many pictures, for one declared use. */
export interface Session {
  readonly id: SessionId;
  readonly name: string;
  /** As the policy bundle names them; whether they exist is the bundle's question. */
  readonly useCase: string;
  readonly channel: string;
  readonly territory: string;
  readonly state: 'open' | 'closed';
  /** In the order in which they were given. */
  readonly assets: readonly AssetId[];
  readonly openedBy: SubjectId | null;
  readonly createdAt: Date;
}

export interface NewSession {
  readonly name: string;
  readonly useCase: string;
  readonly channel: string;
  readonly territory: string;
  readonly assets: readonly AssetId[];
}

/** One request: a prompt over one or many pictures. */
export interface Turn {
  readonly id: TurnId;
  readonly session: SessionId;
  /** Derived from its items. */
  readonly state: ItemState;
  /** Providers that may be used, best first; empty: as configured. */
  readonly providers: readonly string[];
  /** One item that ends badly takes the others with it. */
  readonly allOrNothing: boolean;
  readonly submittedBy: SubjectId | null;
  readonly submittedAt: Date;
}

/** A turn's work on one picture. */
export interface TurnItem {
  readonly id: ItemId;
  readonly turn: TurnId;
  /** 0, 1, 2 ... in the order of the targets. */
  readonly position: number;
  readonly asset: AssetId;
  readonly baseVersion: VersionId;
  readonly mask: MaskId | null;
  readonly state: ItemState;
  /** Counts its moves: a mover that looked at an older one is too late. */
  readonly revision: number;
  /** Who rendered it; null until one was chosen. */
  readonly provider: string | null;
  /** Null until something was rendered. */
  readonly resultVersion: VersionId | null;
  /** Why it failed or was cancelled; null otherwise. */
  readonly failure: Failure | null;
  readonly createdAt: Date;
  readonly movedAt: Date;
}

export interface Failure {
  /** SCREAMING_SNAKE. */
  readonly code: string;
  /** Whether the same turn, submitted again, may succeed. */
  readonly retryable: boolean;
}

/** Corners in thousandths of the picture's width and height, orientation applied. */
export interface MaskBox {
  readonly kind: 'box';
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Closed, 3 to 500 corners in thousandths. */
export interface MaskPolygon {
  readonly kind: 'polygon';
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A PNG of the target's size; opaque or white may change. The caller decoded it and stored its bytes. */
export interface MaskPicture {
  readonly kind: 'png';
  readonly blob: BlobId;
  /** 32 bytes. */
  readonly sha256: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The part of a picture that may change. */
export type MaskShape = MaskBox | MaskPolygon | MaskPicture;

/** One version of a mask; a correction is a new one in the same series. */
export interface Mask {
  readonly id: MaskId;
  /** Id of its first version. */
  readonly series: MaskId;
  readonly number: number;
  /** The picture it was drawn on; null: not drawn for one. */
  readonly asset: AssetId | null;
  readonly shape: MaskBox | MaskPolygon | Omit<MaskPicture, 'sha256'>;
  readonly drawnBy: SubjectId | null;
  readonly createdAt: Date;
}

export interface NewMask {
  readonly asset: AssetId | null;
  readonly shape: MaskShape;
  /** The mask that this one corrects. */
  readonly corrects?: MaskId;
}

/** A picture to edit, as the assets room resolved it: nouns meet only in flows, so the caller hands it over. */
export interface TurnTarget {
  readonly asset: AssetId;
  readonly version: VersionId;
  /** Pixels, of that version. */
  readonly width: number;
  readonly height: number;
}

/** The mask of one target: one drawn before, or a shape that is drawn now. */
export type TargetMask = { readonly asset: AssetId; readonly mask: MaskId } | { readonly asset: AssetId; readonly shape: MaskShape };

export interface NewTurn {
  readonly session: SessionId;
  /** 1 to 8,000 characters. */
  readonly prompt: string;
  readonly targets: readonly TurnTarget[];
  readonly masks: readonly TargetMask[];
  readonly providers?: readonly string[];
  readonly allOrNothing?: boolean;
}

/** Whose pace, on which picture, at which moment. */
export interface PaceOf {
  /** Null: nobody's, whose turns are not counted. */
  readonly subject: SubjectId | null;
  readonly asset: AssetId;
  /** The turn that is judged: it is not counted itself. Null: it is not submitted. */
  readonly turn: TurnId | null;
  /** When it was submitted; what came later does not count, or many at once would all be too many. */
  readonly at: Date;
}

/** How much was edited before a turn: what the policy's facts of the same names say. */
export interface Pace {
  readonly turnsLastHour: number;
  readonly turnsLastDayTenant: number;
  readonly turnsLastDayAsset: number;
}

/** What a turn would rest on, were it submitted. */
export interface TurnPreview {
  readonly session: Session;
  /** Of the masked targets. */
  readonly shapes: ReadonlyMap<AssetId, Mask['shape']>;
}

/** What a move rests on, and what it leaves behind. */
export interface MoveOptions {
  /** The item as the mover saw it. Another state or revision by now: STATE_CHANGED. */
  readonly expectedFrom: Pick<TurnItem, 'state' | 'revision'>;
  /** The gate's answer behind it; stored, and committed to in the move's event. */
  readonly verdict?: Verdict;
  /** Codes, versions and counts for the event. */
  readonly facts?: JsonObject;
  readonly provider?: string;
  /** What the prompt was understood to ask for. It may repeat words of the prompt, so it is kept sealed. */
  readonly operations?: readonly Json[];
  /** The version that was made; demanded by a move to `rendered`. */
  readonly result?: VersionId;
  /** Demanded by a move to `clarifying`. */
  readonly question?: string;
  /** Demanded by a move to `failed`. */
  readonly failure?: Failure;
}

export interface RecordedVerdict extends Verdict {
  readonly id: VerdictId;
  readonly item: ItemId;
  /** 1, 2, 3 ... per item: the order in which the gates answered. */
  readonly ordinal: number;
  readonly at: Date;
}

export interface Clarification {
  readonly question: string;
  /** Null: not answered. */
  readonly answer: string | null;
  readonly askedAt: Date;
}

/** The confidential part of a turn, opened. */
export interface TurnContents {
  readonly prompt: string;
  readonly items: ReadonlyMap<ItemId, { readonly operations: readonly Json[]; readonly clarifications: readonly Clarification[] }>;
}

/** Where a page begins and how long it is. */
export interface Slice {
  readonly first: number;
  /** Id of the last row of the page before; null: from the start. */
  readonly after: string | null;
}

/** A question that the policy was asked about an item. */
export interface AskedBefore {
  readonly id: ItemId;
  /** The verdict that keeps it. */
  readonly verdict: string;
  readonly at: Date;
  /** `{ question, roles, facts }`; anything else: erased since. */
  readonly asked: unknown;
}

export interface PastQuestions {
  readonly since: Date;
  readonly until: Date;
  /** Null: from the start. `at` as it was answered. */
  readonly after: { readonly at: Date; readonly verdict: string } | null;
  readonly first: number;
}
