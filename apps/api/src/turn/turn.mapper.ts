import type { Turn, TurnItem } from '@imprimatur/domain/editing';
import type { Attempt } from '@imprimatur/domain/providers';
import {
  type AssetId,
  type Finding,
  type ItemId,
  type SessionId,
  toPublicId,
  type TurnId,
  type Verdict,
  type VersionId,
} from '@imprimatur/kernel';

export interface TurnParent {
  readonly __typename: 'Turn';
  readonly turnId: TurnId;
  readonly sessionId: SessionId;
  readonly [field: string]: unknown;
}

export interface ItemParent {
  readonly __typename: 'TurnItem';
  readonly itemId: ItemId;
  readonly turnId: TurnId;
  readonly assetId: AssetId;
  readonly baseId: VersionId;
  readonly resultId: VersionId | null;
  readonly [field: string]: unknown;
}

const stateName = (state: string): string => state.toUpperCase().replaceAll('-', '_');

export function toTurn(turn: Turn): TurnParent {
  return {
    __typename: 'Turn',
    turnId: turn.id,
    sessionId: turn.session,
    id: toPublicId('turn', turn.id),
    state: stateName(turn.state),
    submittedAt: turn.submittedAt,
  };
}

export function toItem(item: TurnItem): ItemParent {
  return {
    __typename: 'TurnItem',
    itemId: item.id,
    turnId: item.turn,
    assetId: item.asset,
    baseId: item.baseVersion,
    resultId: item.resultVersion,
    id: toPublicId('item', item.id),
    state: stateName(item.state),
    failure: item.failure?.code ?? null,
  };
}

export function toFinding(finding: Finding): object {
  return { ...finding, outcome: finding.outcome.toUpperCase(), passesWhen: finding.passesWhen ?? null };
}

export function toVerdict({ gate, outcome, findings, evidence, at }: Verdict & { readonly at: Date }): object {
  return { gate, outcome: outcome.toUpperCase(), findings: findings.map(toFinding), evidence, at };
}

export function toAttempt({ number, provider, beganAt, ending }: Attempt): object {
  return { number, provider, beganAt, endedAt: ending?.endedAt ?? null, outcome: ending?.outcome ?? null };
}
