export { EditingCopies, type ItemCopy, type MaskCopy, type TurnCopy } from './editing.copies.repository.js';
export { EditingModule } from './editing.module.js';
export type { EditingRefusal, SessionInvalid, StateChanged } from './editing.refusals.js';
export { EditingService } from './editing.service.js';
export type {
  Clarification,
  Failure,
  Mask,
  MaskBox,
  MaskPicture,
  MaskPolygon,
  MaskShape,
  MoveOptions,
  NewMask,
  NewSession,
  NewTurn,
  Pace,
  PaceOf,
  RecordedVerdict,
  Session,
  Slice,
  TargetMask,
  Turn,
  TurnContents,
  TurnItem,
  TurnPreview,
  TurnTarget,
} from './editing.types.js';
export { ITEM_JOB, TURN_CHANNEL } from './item.mover.js';
export { findMove, isTerminal, ITEM_STATES, MOVES, type Cause, type ItemState, type Move, STATES, turnState } from './turn.lifecycle.js';
