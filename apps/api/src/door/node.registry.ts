import { assert, type IdKind } from '@imprimatur/kernel';
import { Injectable } from '@nestjs/common';
import type { DoorContext } from './door.types.js';

/** Finds one object for `node(id:)`, as its noun's mapper makes it; null: not there, or not the caller's to see. */
export type FindNode = (door: DoorContext, id: string) => Promise<object | null>;

/** Which noun answers for which kind of id. Each noun's module registers its own, in `onModuleInit`. */
@Injectable()
export class NodeRegistry {
  private readonly finders = new Map<IdKind, { readonly typename: string; readonly find: FindNode }>();

  /** `typename` is the GraphQL type of what `find` answers. */
  register(kind: IdKind, typename: string, find: FindNode): void {
    assert(!this.finders.has(kind), `only one noun answers for ids of ${kind}`);
    this.finders.set(kind, { typename, find });
  }

  async find(door: DoorContext, kind: IdKind, id: string): Promise<object | null> {
    const finder = this.finders.get(kind);
    const found = (await finder?.find(door, id)) ?? null;
    return found && { ...found, __typename: finder?.typename };
  }
}
