import type { Area, Operation } from '../operation.types.js';

/** What the parser may know beside the words. */
export interface Scene {
  /** Whether the caller marked the part that may change: a mask, a box, a polygon or a point. */
  readonly hasMask: boolean;
}

export type QuestionCode =
  'NOT_UNDERSTOOD' | 'WHERE' | 'HOW_MUCH' | 'WHICH_WAY' | 'WHICH_COLOUR' | 'WHICH_WORDS' | 'WHICH_MEANING' | 'MASK_IN_THE_WAY';

/** The one question that stands between the prompt and the edit. */
export interface Question {
  readonly code: QuestionCode;
  /** For a person. May quote the prompt. */
  readonly text: string;
  /** Each is a prompt that can be submitted in place of `clause`, and needs no question itself. */
  readonly candidates: readonly string[];
  /** Whether words can answer it, or only a mask, a box, a polygon or a point. */
  readonly needs: 'words' | 'mask';
  /** The part of the (normalised) prompt that is in question. */
  readonly clause: string;
  /** How a short answer completes the clause: `rotate the picture {answer}`; null when it must be said anew. */
  readonly completion: string | null;
}

/** Understood, and not possible here. */
export interface Declined {
  readonly code:
    | 'INSERT_UNSUPPORTED'
    | 'REPLACE_UNSUPPORTED'
    | 'STYLE_UNSUPPORTED'
    | 'GENERATE_UNSUPPORTED'
    | 'MOVE_UNSUPPORTED'
    | 'RESTORE_UNSUPPORTED'
    | 'PERSON_UNSUPPORTED'
    | 'CUT_OUT_UNSUPPORTED'
    | 'EFFECT_UNSUPPORTED'
    | 'SESSION_COMMAND'
    | 'EXPORT_COMMAND'
    | 'TEXT_UNSUPPORTED'
    | 'PROMPT_TOO_LONG';
  readonly message: string;
  /** Prompts that would be done. */
  readonly instead: readonly string[];
}

export interface Intent {
  /** In the order in which they are done. With a question or a refusal: what was understood so far; nothing of it is done. */
  readonly operations: readonly Operation[];
  readonly question: Question | null;
  readonly declined: Declined | null;
  /** What must stay as it is, in the words of the prompt. */
  readonly constraints: readonly string[];
  /** 0 to 1000. */
  readonly confidence: number;
}

/** What one clause came to. */
export type ClauseReading =
  | { readonly kind: 'operations'; readonly operations: readonly Operation[]; readonly confidence: number }
  | { readonly kind: 'question'; readonly question: Omit<Question, 'clause'>; readonly operations: readonly Operation[] }
  | { readonly kind: 'declined'; readonly declined: Declined }
  | { readonly kind: 'constraint'; readonly constraint: string };

/** The place that the clause before spoke of: what `it` refers to. */
export interface Antecedent {
  readonly area: Area;
  readonly target: string | null;
}
