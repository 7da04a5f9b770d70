import type { Area, Operation } from '../../operation.types.js';
import { takePlace } from '../areas.js';
import type { Antecedent, ClauseReading, Declined, Question, Scene } from '../intent.types.js';
import { takesMarked, targetOf } from '../targets.js';
import type { Words } from '../words.js';

export interface ClauseContext {
  readonly scene: Scene;
  /** What the clause before spoke of; null at the start, or when it was the whole picture. */
  readonly before: Antecedent | null;
}

/** One way to ask for something. The first rule of the table that matches and answers wins. */
export interface IntentRule {
  readonly name: string;
  /** What it looks for; the match is taken out of the words before `read`. */
  readonly when: RegExp;
  /** Null: not mine after all. */
  read(words: Words, match: RegExpExecArray, context: ClauseContext): ClauseReading | null;
}

export const SURE = 950;
const UNSURE = 700;

export function done(operations: readonly Operation[], confidence = SURE): ClauseReading {
  return { kind: 'operations', operations, confidence };
}

export function ask(
  question: Omit<Question, 'clause' | 'needs' | 'completion' | 'candidates'> & Partial<Question>,
  operations: readonly Operation[] = [],
): ClauseReading {
  return { kind: 'question', question: { needs: 'words', completion: null, candidates: [], ...question }, operations };
}

export function decline(code: Declined['code'], message: string, instead: readonly string[]): ClauseReading {
  return { kind: 'declined', declined: { code, message, instead } };
}

export const EXAMPLES = [
  'brighten the picture by 20%',
  'crop to a square',
  'rotate 90 degrees clockwise',
  'turn it black and white',
] as const;

export function notUnderstood(): ClauseReading {
  return ask({
    code: 'NOT_UNDERSTOOD',
    text: 'I did not understand that as an edit that I can make exactly. What should change, where, and by how much?',
    candidates: EXAMPLES,
  });
}

/** 'Where is it?': a named thing cannot be found without a mark. */
export function where(name: string, doing: string, operations: readonly Operation[], candidates: readonly string[]): ClauseReading {
  const alternative = candidates.length > 0 ? ', or change the whole picture' : '';
  const text = `Where is "${name}"? I cannot find things by their names: mark what to ${doing} with a mask, a box or a point${alternative}.`;
  return ask({ code: 'WHERE', text, needs: 'mask', candidates }, operations);
}

export interface PixelEdit {
  /** `brighten`. */
  readonly doing: string;
  /** A prompt that does the same everywhere. */
  readonly everywhere: string;
  readonly build: (area: Area) => Operation;
  readonly confidence?: number;
}

/** An edit of tone, colour or focus: everywhere, in a named part of the picture, or under the mask. A thing by name alone is asked for. */
export function overPixels(words: Words, { scene, before }: ClauseContext, edit: PixelEdit): ClauseReading {
  const isPronoun = before !== null && words.has(/\b(?:it|its|them|that|this)\b/);
  takesMarked(words, scene);
  const place = takePlace(words);
  const target = targetOf(words);
  if (target.kind === 'not-understood') return notUnderstood();
  const named = target.kind === 'object' ? target.name : isPronoun && !place ? before.target : null;
  if (named !== null && !scene.hasMask) return where(named, edit.doing, [edit.build(null)], [edit.everywhere]);
  // a thing with a mask is where the mask is, however its place was described beside it
  const area = named !== null ? null : (place?.box ?? (isPronoun ? before.area : null));
  return done([edit.build(area)], edit.confidence ?? (named === null ? SURE : SURE - 50));
}

/** An edit that moves or resizes everything: not of a single thing, and not while a mask says that the rest must stay. */
export function overPicture(
  words: Words,
  { scene }: ClauseContext,
  edit: { readonly doing: string; readonly build: () => Operation; readonly confidence?: number },
): ClauseReading {
  const target = targetOf(words);
  if (target.kind === 'not-understood') return notUnderstood();
  if (target.kind === 'object') {
    return decline('MOVE_UNSUPPORTED', `I can ${edit.doing} the whole picture, not "${target.name}" alone.`, EXAMPLES);
  }
  const operation = edit.build();
  if (!scene.hasMask) return done([operation], edit.confidence ?? SURE);
  const text = `Your mask says that only a part may change, but to ${edit.doing} changes all of the picture. Submit that without the mask?`;
  return ask({ code: 'MASK_IN_THE_WAY', text }, [operation]);
}

export { UNSURE };
