import type { Principal } from '@imprimatur/domain/identity';
import { assert, type Context } from '@imprimatur/kernel';
import type { Request } from 'express';

/** What one request has spent; filled in before execution. */
export interface Spending {
  readonly cost: number;
  readonly remaining: number;
  readonly resetAt: Date;
}

/** Everything that the door knows of one GraphQL request or one subscription. Resolvers see only `Caller` and loaders of it. */
export interface DoorContext {
  readonly requestId: string;
  /** Null: nobody signed in. */
  readonly principal: Principal | null;
  /** Whose allowance the request spends. */
  readonly allowanceKey: string;
  readonly transport: 'http' | 'socket';
  spent: Spending | null;
}

/** An Express request that has passed the door. */
export interface DoorRequest extends Request {
  id: string;
  door: DoorContext;
}

/** Who acts, where somebody is known to be signed in. */
export function contextFor(door: DoorContext): Context {
  const context = contextOf(door);
  assert(context, 'somebody is signed in');
  return context;
}

/** Who acts, for services; null when nobody is signed in. */
export function contextOf(door: Pick<DoorContext, 'requestId' | 'principal'>): Context | null {
  return door.principal && { tenant: door.principal.tenant, actor: door.principal.actor, requestId: door.requestId };
}
