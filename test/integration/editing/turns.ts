import { randomBytes } from 'node:crypto';
import type { Target, Version } from '@imprimatur/domain/assets';
import type { ItemState, MoveOptions, NewTurn, Session, Turn, TurnItem } from '@imprimatur/domain/editing';
import { type Context, type ItemId, type Result, type Verdict } from '@imprimatur/kernel';
import { type Rooms, upload, valueOf } from '../assets/rooms';

/** What a client, the worker and a reviewer do to turns, in few words. */
export class Turns {
  constructor(
    readonly rooms: Rooms,
    readonly creator: Context,
  ) {}

  async target(): Promise<Target> {
    const { version } = valueOf(await this.rooms.write(this.creator, (write) => this.rooms.assets.upload(write, upload(randomBytes(64)))));
    return { asset: version.asset, version: version.id, width: version.width, height: version.height };
  }

  async session(...targets: readonly Target[]): Promise<Session> {
    const wish = { name: 'Spring', useCase: 'marketing', channel: 'web', territory: 'DE', assets: targets.map(({ asset }) => asset) };
    return valueOf(await this.rooms.write(this.creator, (write) => this.rooms.editing.openSession(write, wish)));
  }

  /** A turn over `count` fresh pictures. */
  async submit(changed: Partial<NewTurn> = {}, count = 1): Promise<{ turn: Turn; items: readonly TurnItem[]; item: TurnItem }> {
    const targets: Target[] = [];
    for (let at = 0; at < count; at += 1) targets.push(await this.target());
    const session = await this.session(...targets);
    const wish: NewTurn = { session: session.id, prompt: 'Brighten the corner', targets, masks: [], ...changed };
    const submitted = valueOf(await this.rooms.write(this.creator, (write) => this.rooms.editing.submitTurn(write, wish)));
    const [item] = submitted.items;
    if (!item) throw new Error('a turn has an item');
    return { ...submitted, item };
  }

  move(
    item: TurnItem,
    to: ItemState,
    options: Omit<MoveOptions, 'expectedFrom'> = {},
    who = this.rooms.system(this.creator.tenant),
  ): Promise<Result<TurnItem>> {
    return this.rooms.write(who, (write) => this.rooms.editing.move(write, item.id, to, { expectedFrom: item, ...options }));
  }

  /** Through several states, as the worker. */
  async walk(item: TurnItem, ...states: readonly ItemState[]): Promise<TurnItem> {
    let at = item;
    for (const to of states) at = valueOf(await this.move(at, to, to === 'rendered' ? { result: (await this.result(at)).id } : {}));
    return at;
  }

  /** A version made for the item. */
  async result(item: TurnItem): Promise<Version> {
    return valueOf(
      await this.rooms.write(this.rooms.system(this.creator.tenant), async (write) => {
        const blob = await this.rooms.assets.storeBlob(write, randomBytes(64), { format: 'png', subjects: [] });
        const made = {
          asset: item.asset,
          parent: item.baseVersion,
          blob: blob.id,
          width: 40,
          height: 30,
          format: 'png',
          origin: 'turn' as const,
        };
        return this.rooms.assets.addVersion(write, { ...made, item: item.id, operations: [] });
      }),
    );
  }

  async item(id: ItemId): Promise<TurnItem> {
    return valueOf(await this.rooms.read(this.creator, (read) => this.rooms.editing.findItem(read, id)));
  }

  /** Types of the ledger's entries about the item. */
  async events(item: Pick<TurnItem, 'id'>): Promise<string[]> {
    return (await this.rooms.entries(this.creator.tenant, item.id)).map(({ type }) => type);
  }

  /** Payloads of the jobs that carry the item on. */
  async jobs(item: Pick<TurnItem, 'id'>): Promise<{ key: string; payload: { item: string; turn: string; revision: number } }[]> {
    return this.rooms.database.asAdmin(`select key, payload from job where kind = 'turn-item' and payload ->> 'item' = $1 order by id`, [
      item.id,
    ]);
  }
}

export function verdict(changed: Partial<Verdict> = {}): Verdict {
  const finding = {
    rule: 'usage.x',
    outcome: 'refuse' as const,
    reason: 'No.',
    citation: 'House policy 1',
    remedy: 'Do not.',
    met: ['a = 1, rule: more than 0'],
  };
  return {
    gate: 'usage',
    outcome: 'refuse',
    findings: [finding],
    evidence: { bundle: 'starter@1.0.0', scores: { promptMax: 300 } },
    ...changed,
  };
}
