import type { PictureFormat, PictureMask } from '@imprimatur/platform/images';
import type { KindOfChange } from './kind-of-change.js';
import type { Operation } from './operation.types.js';
import type { Question } from './intents/intent.types.js';

/** One edit of one picture. */
export interface EditRequest {
  /** What the person asked for, with the answers to earlier questions worked in (`parseConversation`). */
  readonly prompt: string;
  /** The operations that the gates saw. A provider that works by operations does exactly these; null: it reads the prompt itself. */
  readonly operations: readonly Operation[] | null;
  /** The base version's bytes, as `inspectPicture` accepted them. */
  readonly picture: Uint8Array;
  /** The part that may change; null: all of it. */
  readonly mask: PictureMask | null;
  /** The model asked for; null: the provider's default. */
  readonly model: string | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** An image in an answer. The last one is final, the others are drafts. */
export interface AnsweredImage {
  readonly bytes: Uint8Array;
  /** As sniffed, never as declared. */
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
}

/** One step of what was really done, in the words of the manifest. */
export interface DeclaredAction {
  /** C2PA action: `c2pa.cropped`. */
  readonly action: string;
  /** Term of the IPTC vocabulary. Never says what did not happen. */
  readonly digitalSourceType: 'humanEdits' | 'algorithmicallyEnhanced' | 'compositeWithTrainedAlgorithmicMedia' | 'trainedAlgorithmicMedia';
  readonly kind: KindOfChange;
  readonly softwareAgent: { readonly name: string; readonly version: string };
  /** For a person: what was done. Does not repeat the prompt. */
  readonly description: string;
  /** The operation itself where the provider works by operations; null for a model that does not tell. */
  readonly operation: Operation | null;
}

export interface Finish {
  /** The provider's own code, SCREAMING_SNAKE: `STOP`, `IMAGE_SAFETY`, `WHERE`. Unknown ones are passed on as they are. */
  readonly code: string;
  /** The provider's own words, where it gave any. */
  readonly message: string | null;
}

/** What the provider itself reported of safety. An absent rating means not reported, never safe. */
export interface SafetyReport {
  readonly category: string;
  /** As the provider says it. */
  readonly level: string;
  readonly blocked: boolean;
}

/** Counts as the provider reported them: tokens, images, milliseconds of work. Whole numbers. */
export type Usage = Readonly<Record<string, number>>;

/** One try: a request that left, and what came back. A provider that tries again reports each. */
export interface AttemptReport {
  /** 1, 2, 3 ... within this edit. */
  readonly number: number;
  readonly beganAt: Date;
  readonly endedAt: Date;
  readonly outcome: EditOutcome['outcome'];
  readonly finish: Finish;
  /** 64 hexadecimal digits of the exact bytes sent; `responseSha256` of those received, null when none came. */
  readonly requestSha256: string;
  readonly responseSha256: string | null;
}

export interface ProviderIdentity {
  /** As in the registry: `local`. */
  readonly name: string;
  readonly apiVersion: string;
  readonly requestedModel: string;
  /** What answered; null: not reported. */
  readonly modelVersion: string | null;
  readonly responseId: string | null;
}

interface Answer {
  /** Text beside the images, as the provider wrote it. */
  readonly text: string | null;
  readonly finish: Finish;
  readonly safety: readonly SafetyReport[];
  readonly usage: Usage;
  readonly attempts: readonly AttemptReport[];
  readonly provider: ProviderIdentity;
  readonly requestSha256: string;
  readonly responseSha256: string | null;
  /** The exact bytes, to be kept before anything is derived from them. */
  readonly raw: { readonly request: Uint8Array; readonly response: Uint8Array | null };
}

export interface Edited extends Answer {
  readonly outcome: 'edited';
  readonly images: readonly [AnsweredImage, ...AnsweredImage[]];
  /** In the order in which they were done. */
  readonly actions: readonly DeclaredAction[];
}

/** Understood, and not done: by the provider's rules or for want of ability. */
export interface Refused extends Answer {
  readonly outcome: 'refused';
  readonly images: readonly AnsweredImage[];
  /** Prompts that would be done; may be empty. */
  readonly instead: readonly string[];
}

export interface NeedsClarification extends Answer {
  readonly outcome: 'needs-clarification';
  readonly images: readonly AnsweredImage[];
  readonly question: Question;
}

/** Finish code of a failure for want of room at the vendor's: the only one after which another provider may be asked. */
export const CAPACITY = 'CAPACITY';

/** Neither edited nor refused: the finish code says why. */
export interface Failed extends Answer {
  readonly outcome: 'failed';
  readonly images: readonly AnsweredImage[];
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
}

export type EditOutcome = Edited | Refused | NeedsClarification | Failed;

/** What policy and people may know of a provider before it is used. */
export interface ProviderTraits {
  readonly name: string;
  readonly version: string;
  /** What is asked when a request names no model. */
  readonly defaultModel: string;
  /** `deterministic`: the same request gives the same pixels. */
  readonly kind: 'deterministic' | 'generative';
  /** Whether pixels outside the mask stay exactly as they were, by construction. */
  readonly honoursMasks: boolean;
  /** Whether pictures leave this installation. */
  readonly isRemote: boolean;
}

/**
 * Edits pictures. `edit` answers every request, also a strange or hostile one: it throws only for a bug. An abort and a timeout are told apart
 * and end as `failed` with the codes CANCELLED and TIMEOUT.
 */
export interface Provider extends ProviderTraits {
  edit(request: EditRequest): Promise<EditOutcome>;
  /** The digest that `edit` will report as `requestSha256`, so that `attempt.began` can commit to it beforehand. 64 hexadecimal digits. */
  requestSha256(request: EditRequest): string;
  close(): Promise<void>;
}
