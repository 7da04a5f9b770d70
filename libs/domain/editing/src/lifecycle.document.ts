import { findMove, isTerminal, ITEM_STATES, type ItemState, MOVES, type Move, STATES } from './turn.lifecycle.js';

/** Left out of the picture, where they would hide the rest. */
const ENDS: readonly ItemState[] = ['failed', 'cancelled', 'expired'];

const alias = (state: ItemState): string => state.replaceAll('-', '_');
const code = (text: string): string => `\`${text}\``;
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function diagram(): string[] {
  const drawn = MOVES.filter((move) => !ENDS.includes(move.to));
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...ITEM_STATES.filter((state) => state.includes('-')).map((state) => `  state "${state}" as ${alias(state)}`),
    '  [*] --> submitted',
    ...drawn.map((move) => `  ${alias(move.from)} --> ${alias(move.to)}`),
    ...ITEM_STATES.filter((state) => isTerminal(state) && !ENDS.includes(state)).map((state) => `  ${alias(state)} --> [*]`),
    '```',
  ];
}

function stateTable(): string[] {
  const cells = (state: ItemState): string =>
    row(code(state), isTerminal(state) ? 'terminal' : STATES[state].waitsFor, STATES[state].words);
  return [row('state', 'waits for', 'meaning'), row('---', '---', '---'), ...ITEM_STATES.map(cells)];
}

function moveTable(): string[] {
  const cells = (move: Move): string =>
    row(code(move.from), code(move.to), move.by.join(', '), code(move.event), move.words + (move.resumes ? ' The worker goes on.' : ''));
  const ordered = ITEM_STATES.flatMap((from) => ITEM_STATES.flatMap((to) => findMove(from, to) ?? []));
  return [row('from', 'to', 'caused by', 'ledger event', 'when'), row('---', '---', '---', '---', '---'), ...ordered.map(cells)];
}

/** docs/lifecycle.md, whole. */
export function lifecycleDocument(): string {
  return [
    '# The life of a turn',
    '',
    'Generated from `libs/domain/editing/src/turn.lifecycle.ts` by `node scripts/lifecycle.mjs`; a test compares them. Do not edit.',
    '',
    'A turn has one item per target picture, and each item lives for itself. Every move below is one transaction that compares the state',
    'and the revision it started from, changes them, and writes its ledger event; no other code changes the state of an item. The state of the',
    'turn is that of its least advanced item; when all have ended, the best end that one of them found. In an all-or-nothing turn an item that',
    'is refused, rejected, cancelled, fails or expires cancels the others that have not ended.',
    '',
    ...diagram(),
    '',
    `Moves to ${ENDS.map(code).join(', ')} are left out of the picture; the table has them.`,
    '',
    '## States',
    '',
    ...stateTable(),
    '',
    '## Legal moves',
    '',
    ...moveTable(),
    '',
  ].join('\n');
}
