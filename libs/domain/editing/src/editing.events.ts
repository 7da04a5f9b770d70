import type { About, NewEvent, NewPart } from '@imprimatur/domain/ledger';
import { canonicalBytes, type Finding, type JsonObject, type SubjectId, type Verdict, type VerdictId } from '@imprimatur/kernel';
import type { Mask, MaskShape, MoveOptions, Session, Turn, TurnItem } from './editing.types.js';
import type { ItemState, Move } from './turn.lifecycle.js';

const aboutItem = (item: TurnItem): About[] => [
  { kind: 'asset', id: item.asset },
  { kind: 'turn', id: item.turn },
  { kind: 'item', id: item.id },
];

const by = (subject: SubjectId | null): readonly SubjectId[] => (subject === null ? [] : [subject]);

export function sessionOpened(session: Session): NewEvent {
  return {
    type: 'session.opened',
    about: [{ kind: 'session', id: session.id }],
    facts: { useCase: session.useCase, channel: session.channel, territory: session.territory, assets: [...session.assets] },
    parts: { name: { value: session.name, subjects: [] } },
  };
}

export function sessionClosed(session: Session): NewEvent {
  return { type: 'session.closed', about: [{ kind: 'session', id: session.id }], facts: {} };
}

/** A picture mask is committed to by its digest, a drawn shape by its corners. */
export function maskDrawn(mask: Mask, shape: MaskShape): NewEvent {
  const value = shape.kind === 'png' ? shape.sha256 : canonicalBytes({ ...shape });
  return {
    type: 'mask.drawn',
    about: [...(mask.asset === null ? [] : [{ kind: 'asset' as const, id: mask.asset }]), { kind: 'mask', id: mask.id }],
    facts: { kind: shape.kind, series: mask.series, number: mask.number },
    parts: { mask: { value, subjects: by(mask.drawnBy) } },
  };
}

export function turnSubmitted(turn: Turn, session: Session, items: readonly TurnItem[], prompt: string): NewEvent {
  return {
    type: 'turn.submitted',
    about: [
      { kind: 'session', id: turn.session },
      { kind: 'turn', id: turn.id },
      ...items.map((item) => ({ kind: 'asset' as const, id: item.asset })),
    ],
    facts: {
      useCase: session.useCase,
      channel: session.channel,
      territory: session.territory,
      providers: [...turn.providers],
      allOrNothing: turn.allOrNothing,
      items: items.map((item) => ({ item: item.id, asset: item.asset, version: item.baseVersion, mask: item.mask })),
    },
    parts: { prompt: { value: prompt, subjects: by(turn.submittedBy) } },
  };
}

export interface Moved {
  readonly move: Move;
  /** As it is after the move. */
  readonly item: TurnItem;
  readonly options: Omit<MoveOptions, 'expectedFrom'>;
  readonly verdict: VerdictId | null;
  readonly answer: string | null;
  /** Whose erasure destroys what repeats the prompt. */
  readonly submittedBy: SubjectId | null;
}

/** The event of any move; its type stands in the table of moves. */
export function itemMoved({ move, item, options, verdict, answer, submittedBy }: Moved): NewEvent {
  const theirs = by(submittedBy);
  const parts: Record<string, NewPart> = {
    ...(options.verdict ? verdictPart(options.verdict) : {}),
    ...(options.operations ? { operations: { value: { operations: options.operations }, subjects: theirs } } : {}),
    ...(options.question === undefined ? {} : { question: { value: options.question, subjects: theirs } }),
    ...(answer === null ? {} : { answer: { value: answer, subjects: theirs } }),
  };
  return {
    type: move.event,
    about: [
      ...aboutItem(item),
      ...(options.result === undefined ? [] : [{ kind: 'version' as const, id: options.result }]),
      ...(verdict === null ? [] : [{ kind: 'verdict' as const, id: verdict }]),
    ],
    facts: {
      ...options.facts,
      ...(options.verdict ? verdictFacts(options.verdict) : {}),
      ...(options.provider === undefined ? {} : { provider: options.provider }),
      ...(options.failure === undefined ? {} : { failure: options.failure.code, retryable: options.failure.retryable }),
      from: move.from,
      to: move.to,
      revision: item.revision,
    },
    parts,
  };
}

export function verdictRecorded(item: TurnItem, id: VerdictId, verdict: Verdict, state: ItemState): NewEvent {
  return {
    type: 'verdict.recorded',
    about: [...aboutItem(item), { kind: 'verdict', id }],
    facts: { ...verdictFacts(verdict), state },
    parts: verdictPart(verdict),
  };
}

function verdictFacts(verdict: Verdict): JsonObject {
  return { gate: verdict.gate, outcome: verdict.outcome, rules: verdict.findings.map((finding) => finding.rule) };
}

/** Scores and facts tell of the picture and of who is in it: a part. */
function verdictPart(verdict: Verdict): Record<string, NewPart> {
  return { verdict: { value: { findings: verdict.findings.map(findingJson), evidence: verdict.evidence }, subjects: [] } };
}

function findingJson({ rule, outcome, reason, citation, remedy, met, queue }: Finding): JsonObject {
  return { rule, outcome, reason, citation, remedy, met: [...met], ...(queue === undefined ? {} : { queue }) };
}
