import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import type { ItemState } from './turn.lifecycle.js';

type Named<C extends string> = Refusal<C>;

export type StateChanged = Named<'STATE_CHANGED'> & {
  /** Where the item is now. */
  readonly state: ItemState;
};
export type SessionInvalid = Named<'SESSION_INVALID'> & { readonly field: 'name' | 'useCase' | 'channel' | 'territory' | 'assets' };
export type EditingRefusal =
  | NotFound
  | Forbidden
  | StateChanged
  | SessionInvalid
  | Named<'SESSION_CLOSED'>
  | Named<'PROMPT_EMPTY'>
  | Named<'PROMPT_TOO_LONG'>
  | Named<'TARGETS_EMPTY'>
  | Named<'TARGETS_TOO_MANY'>
  | Named<'TARGET_TWICE'>
  | Named<'PROVIDER_NAME_INVALID'>
  | Named<'MASK_INVALID'>
  | Named<'MASK_WITHOUT_TARGET'>
  | Named<'MASK_SIZE_MISMATCH'>
  | Named<'MASK_CORRECTED_ALREADY'>
  | Named<'ANSWER_EMPTY'>
  | Named<'ANSWER_TOO_LONG'>
  | Named<'NO_OPEN_QUESTION'>
  | Named<'TURN_ENDED'>;

const no = <C extends string>(code: C, message: string, remedy: string): Refusal<C> => ({ code, message, remedy });

export function stateChanged(state: ItemState): StateChanged {
  return { ...no('STATE_CHANGED', `This was decided meanwhile: it is ${state} now.`, 'Read it again, then decide again.'), state };
}

export function sessionInvalid(field: SessionInvalid['field'], remedy: string): SessionInvalid {
  return { ...no('SESSION_INVALID', `The session cannot be opened with this ${field}.`, remedy), field };
}

export const sessionClosed = () => no('SESSION_CLOSED', 'This session is closed.', 'Open a new one over the same pictures.');

export const promptEmpty = () => no('PROMPT_EMPTY', 'The prompt is empty.', 'Say what is to be changed.');

export const promptTooLong = (charsMax: number) =>
  no('PROMPT_TOO_LONG', `The prompt is longer than ${charsMax} characters.`, 'Shorten it, or split it into several turns.');

export const targetsEmpty = () => no('TARGETS_EMPTY', 'The turn names no picture.', 'Name at least one picture of the session.');

export const targetsTooMany = (max: number) =>
  no('TARGETS_TOO_MANY', `A turn edits at most ${max} pictures.`, 'Split them over several turns.');

export const targetTwice = () =>
  no('TARGET_TWICE', 'The turn names a picture more than once.', 'Name each picture once, with one version.');

export const providerNameInvalid = () =>
  no(
    'PROVIDER_NAME_INVALID',
    'A provider has a name of lower-case letters, digits and hyphens.',
    'Send names as the configuration lists them, ten at most.',
  );

export const maskInvalid = (why: string) => no('MASK_INVALID', `The mask cannot be used: ${why}.`, 'Draw it again, inside the picture.');

export const maskWithoutTarget = () =>
  no(
    'MASK_WITHOUT_TARGET',
    'A mask is for a picture that the turn does not edit, or that has a mask already.',
    'Send at most one mask per target.',
  );

export const maskSizeMismatch = (mask: string, picture: string) =>
  no(
    'MASK_SIZE_MISMATCH',
    `The mask has ${mask} pixels, the picture ${picture}.`,
    'Draw the mask on the version that is edited, orientation applied.',
  );

export const maskCorrectedAlready = () =>
  no('MASK_CORRECTED_ALREADY', 'Somebody else corrected this mask meanwhile.', 'Read the newest version of the mask and correct that one.');

export const answerEmpty = () => no('ANSWER_EMPTY', 'The answer is empty.', 'Answer the question, or cancel the turn.');

export const answerTooLong = (charsMax: number) =>
  no('ANSWER_TOO_LONG', `The answer is longer than ${charsMax} characters.`, 'Shorten it; a new wish is a new turn.');

export const noOpenQuestion = () => no('NO_OPEN_QUESTION', 'Nothing was asked, or it was answered already.', 'Read the turn again.');

export const turnEnded = () => no('TURN_ENDED', 'Nothing of this turn can be cancelled any more.', 'Read the turn to see how it ended.');
