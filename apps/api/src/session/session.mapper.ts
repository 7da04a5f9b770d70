import type { Session } from '@imprimatur/domain/editing';
import { type AssetId, type SessionId, toPublicId } from '@imprimatur/kernel';

export interface SessionParent {
  readonly __typename: 'Session';
  readonly sessionId: SessionId;
  readonly assetIds: readonly AssetId[];
  readonly [field: string]: unknown;
}

export function toSession(session: Session): SessionParent {
  const { name, useCase, channel, territory, createdAt } = session;
  return {
    __typename: 'Session',
    sessionId: session.id,
    assetIds: session.assets,
    id: toPublicId('session', session.id),
    name,
    useCase,
    channel,
    territory,
    createdAt,
  };
}
