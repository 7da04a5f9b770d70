import { allow } from '@imprimatur/domain/identity';
import type { Context, SubjectId } from '@imprimatur/kernel';
import {
  answerEmpty,
  answerTooLong,
  type EditingRefusal,
  maskInvalid,
  maskSizeMismatch,
  maskWithoutTarget,
  promptEmpty,
  promptTooLong,
  providerNameInvalid,
  sessionInvalid,
  targetsEmpty,
  targetsTooMany,
  targetTwice,
} from './editing.refusals.js';
import type { Mask, MaskShape, NewSession, NewTurn, TurnTarget } from './editing.types.js';
import type { Cause } from './turn.lifecycle.js';

export const PROMPT_CHARS_MAX = 8000;
export const ANSWER_CHARS_MAX = 2000;
/** Each one is an item, a job and an entry in its asset's history, in one transaction; the entry has room for no more. */
export const TARGETS_MAX = 100;
const SESSION_ASSETS_MAX = 500;
const NAME_CHARS_MAX = 200;
const PROVIDERS_MAX = 10;
const POINTS_MAX = 500;
const THOUSAND = 1000;
const WORD = /^[a-z0-9][a-z0-9-]{0,63}$/;
const TERRITORY = /^(none|\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/;

/** Characters as a person counts them: code points. */
const charsOf = (text: string): number => Array.from(text).length;
const isRepeated = (values: readonly string[]): boolean => new Set(values).size < values.length;

/** Null: the session can be opened, as far as its own words go. */
export function sessionRefusal(session: NewSession): EditingRefusal | null {
  const name = session.name.trim();
  if (name === '' || charsOf(name) > NAME_CHARS_MAX) return sessionInvalid('name', `Send 1 to ${NAME_CHARS_MAX} characters.`);
  if (!WORD.test(session.useCase))
    return sessionInvalid('useCase', 'Send a use case as the policy bundle names it, for instance internal-draft.');
  if (!WORD.test(session.channel)) return sessionInvalid('channel', 'Send a channel as the policy bundle names it, for instance web.');
  if (!TERRITORY.test(session.territory)) return sessionInvalid('territory', 'Send an ISO 3166 code such as DE, or none.');
  if (session.assets.length === 0 || session.assets.length > SESSION_ASSETS_MAX || isRepeated(session.assets)) {
    return sessionInvalid('assets', `Name 1 to ${SESSION_ASSETS_MAX} pictures, each once.`);
  }
  return null;
}

/** Null: the turn can be submitted, as far as its own words go. */
export function turnRefusal(turn: NewTurn): EditingRefusal | null {
  if (turn.prompt.trim() === '') return promptEmpty();
  if (charsOf(turn.prompt) > PROMPT_CHARS_MAX) return promptTooLong(PROMPT_CHARS_MAX);
  if (turn.targets.length === 0) return targetsEmpty();
  if (turn.targets.length > TARGETS_MAX) return targetsTooMany(TARGETS_MAX);
  const targets = turn.targets.map((target) => target.asset);
  if (isRepeated(targets)) return targetTwice();
  const providers = turn.providers ?? [];
  if (providers.length > PROVIDERS_MAX || !providers.every((name) => WORD.test(name))) return providerNameInvalid();
  const masked = turn.masks.map((mask) => mask.asset);
  if (isRepeated(masked) || masked.some((asset) => !targets.includes(asset))) return maskWithoutTarget();
  return null;
}

export function answerRefusal(answer: string): EditingRefusal | null {
  if (answer.trim() === '') return answerEmpty();
  return charsOf(answer) > ANSWER_CHARS_MAX ? answerTooLong(ANSWER_CHARS_MAX) : null;
}

const isThousandth = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= THOUSAND;

/** Null: the shape is one. */
export function shapeRefusal(shape: MaskShape): EditingRefusal | null {
  if (shape.kind === 'box') {
    const { left, top, width, height } = shape;
    if (![left, top, width, height].every(isThousandth)) return maskInvalid('a box is told in whole thousandths, 0 to 1000');
    if (width === 0 || height === 0 || left + width > THOUSAND || top + height > THOUSAND)
      return maskInvalid('the box is empty or reaches out of the picture');
    return null;
  }
  if (shape.kind === 'polygon') {
    const { points } = shape;
    if (points.length < 3 || points.length > POINTS_MAX) return maskInvalid(`a polygon has 3 to ${POINTS_MAX} corners`);
    if (!points.every(({ x, y }) => isThousandth(x) && isThousandth(y)))
      return maskInvalid('corners are told in whole thousandths, 0 to 1000');
    return null;
  }
  const isSize = (pixels: number): boolean => Number.isInteger(pixels) && pixels > 0;
  if (shape.sha256.length !== 32 || !isSize(shape.width) || !isSize(shape.height)) return maskInvalid('it is not a picture');
  return null;
}

/** Null: the mask fits the target. Boxes and polygons fit every picture. */
export function fitRefusal(shape: MaskShape | Mask['shape'], target: TurnTarget): EditingRefusal | null {
  if (shape.kind !== 'png' || (shape.width === target.width && shape.height === target.height)) return null;
  return maskSizeMismatch(`${shape.width} x ${shape.height}`, `${target.width} x ${target.height}`);
}

/** As what the actor may move an item of a turn that `submittedBy` asked for. Nobody decides on a turn of their own. */
export function causesOf(context: Context, submittedBy: SubjectId | null): readonly Cause[] {
  if (context.actor.kind === 'system') return ['worker'];
  const causes: Cause[] = [];
  if (allow(context, 'submit', 'Turn') === null) causes.push('requester');
  if (allow(context, 'decide', 'ReviewTask', { requestedBy: submittedBy }) === null) causes.push('reviewer');
  if (allow(context, 'withdraw', 'Consent') === null) causes.push('rights');
  return causes;
}
