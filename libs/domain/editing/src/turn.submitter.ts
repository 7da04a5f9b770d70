import { Ledger } from '@imprimatur/domain/ledger';
import { type AssetId, assert, newId, notFound, ok, refuse, type Result, type MaskId, systemClock } from '@imprimatur/kernel';
import { notify, type ReadContext, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { maskDrawn, turnSubmitted } from './editing.events.js';
import { type EditingRefusal, maskCorrectedAlready, sessionClosed } from './editing.refusals.js';
import { fitRefusal, shapeRefusal, turnRefusal } from './editing.rules.js';
import type { Mask, NewMask, NewTurn, Session, TargetMask, Turn, TurnItem, TurnPreview, TurnTarget } from './editing.types.js';
import { ItemMover, TURN_CHANNEL } from './item.mover.js';
import { MaskRepository } from './mask.repository.js';
import { SessionRepository } from './session.repository.js';
import { TurnRepository } from './turn.repository.js';
import { TurnSeal } from './turn.seal.js';

/** How a turn comes into being. */
@Injectable()
export class TurnSubmitter {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly masks: MaskRepository,
    private readonly turns: TurnRepository,
    private readonly turnSeal: TurnSeal,
    private readonly mover: ItemMover,
    private readonly ledger: Ledger,
  ) {}

  async submit(
    write: WriteContext,
    wish: NewTurn,
  ): Promise<Result<{ readonly turn: Turn; readonly items: readonly TurnItem[] }, EditingRefusal>> {
    const admitted = await this.admit(write, wish);
    if (!admitted.ok) return admitted;
    const session = admitted.value;
    const masks = await this.resolveMasks(write, wish);
    if (!masks.ok) return masks;
    const turn = this.newTurn(write, wish);
    const items = wish.targets.map((target, position) => newItem(turn, target, position, masks.value.get(target.asset) ?? null));
    const subjects = turn.submittedBy === null ? [] : [turn.submittedBy];
    await this.turns.insert(write, turn, await this.turnSeal.sealPrompt(write, turn.id, wish.prompt, subjects), items);
    await this.ledger.append(write, turnSubmitted(turn, session, items, wish.prompt));
    for (const item of items) await this.mover.enqueue(write, item);
    await notify(write, TURN_CHANNEL, turn.id);
    return ok({ turn, items });
  }

  /** What `submit` would refuse; else what the turn would rest on. Nothing is written. */
  async preview(read: ReadContext, wish: NewTurn): Promise<Result<TurnPreview, EditingRefusal>> {
    const admitted = await this.admit(read, wish);
    if (!admitted.ok) return admitted;
    const shapes = new Map<AssetId, Mask['shape']>();
    for (const given of wish.masks) {
      const shape = 'shape' in given ? given.shape : (await this.masks.findMany(read, [given.mask]))[0]?.shape;
      if (!shape) return refuse(notFound('mask'));
      const misfit = ('shape' in given ? shapeRefusal(given.shape) : null) ?? fitRefusal(shape, targetOf(wish, given));
      if (misfit) return refuse(misfit);
      shapes.set(given.asset, shape);
    }
    return ok({ session: admitted.value, shapes });
  }

  async drawMask(write: WriteContext, wish: NewMask): Promise<Result<Mask, EditingRefusal>> {
    const refused = shapeRefusal(wish.shape);
    if (refused) return refuse(refused);
    const corrected = wish.corrects === undefined ? null : ((await this.masks.findMany(write, [wish.corrects]))[0] ?? null);
    if (wish.corrects !== undefined && corrected === null) return refuse(notFound('mask'));
    const id = newId('mask');
    const mask: Mask = {
      id,
      series: corrected?.series ?? id,
      number: (corrected?.number ?? 0) + 1,
      asset: wish.asset,
      shape: wish.shape,
      drawnBy: write.context.actor.subject,
      createdAt: systemClock.now(),
    };
    if (!(await this.masks.insert(write, mask))) return refuse(maskCorrectedAlready());
    await this.ledger.append(write, maskDrawn(mask, wish.shape));
    return ok(mask);
  }

  private async admit(read: ReadContext, wish: NewTurn): Promise<Result<Session, EditingRefusal>> {
    const refused = turnRefusal(wish);
    if (refused) return refuse(refused);
    const [session] = await this.sessions.findMany(read, [wish.session]);
    if (!session) return refuse(notFound('session'));
    if (session.state === 'closed') return refuse(sessionClosed());
    const isInside = wish.targets.every((target) => session.assets.includes(target.asset));
    return isInside ? ok(session) : refuse(notFound('picture in this session'));
  }

  /** The mask of each masked target: looked up, or drawn now. */
  private async resolveMasks(write: WriteContext, wish: NewTurn): Promise<Result<ReadonlyMap<string, MaskId>, EditingRefusal>> {
    const resolved = new Map<string, MaskId>();
    for (const given of wish.masks) {
      const mask = await this.resolveMask(write, given, targetOf(wish, given));
      if (!mask.ok) return mask;
      resolved.set(given.asset, mask.value.id);
    }
    return ok(resolved);
  }

  private async resolveMask(write: WriteContext, given: TargetMask, target: TurnTarget): Promise<Result<Mask, EditingRefusal>> {
    if ('shape' in given) {
      const misfit = fitRefusal(given.shape, target);
      return misfit ? refuse(misfit) : this.drawMask(write, { asset: given.asset, shape: given.shape });
    }
    const [mask] = await this.masks.findMany(write, [given.mask]);
    if (!mask) return refuse(notFound('mask'));
    const misfit = fitRefusal(mask.shape, target);
    return misfit ? refuse(misfit) : ok(mask);
  }

  private newTurn(write: WriteContext, wish: NewTurn): Turn {
    return {
      id: newId('turn'),
      session: wish.session,
      state: 'submitted',
      providers: [...(wish.providers ?? [])],
      allOrNothing: wish.allOrNothing ?? false,
      submittedBy: write.context.actor.subject,
      submittedAt: systemClock.now(),
    };
  }
}

function targetOf({ targets }: NewTurn, { asset }: TargetMask): TurnTarget {
  const target = targets.find((found) => found.asset === asset);
  assert(target, 'masks without a target are refused before');
  return target;
}

function newItem(turn: Turn, target: TurnTarget, position: number, mask: MaskId | null): TurnItem {
  return {
    id: newId('item'),
    turn: turn.id,
    position,
    asset: target.asset,
    baseVersion: target.version,
    mask,
    state: 'submitted',
    revision: 0,
    provider: null,
    resultVersion: null,
    failure: null,
    createdAt: turn.submittedAt,
    movedAt: turn.submittedAt,
  };
}
