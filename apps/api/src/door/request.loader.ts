import { assert, type Context } from '@imprimatur/kernel';
import DataLoader from 'dataloader';
import { contextOf, type DoorContext } from './door.types.js';

/**
 * Batches look-ups of one noun within one request. A noun's loader extends it, is a provider of the noun's module, and is called
 * from resolvers as `loader.load(door, id)`. Over a socket nothing is kept between two events, so that each shows the state of now.
 */
export abstract class RequestLoader<K extends string, V> {
  private readonly loaders = new WeakMap<DoorContext, DataLoader<K, V | null>>();

  /** The values of `keys` that exist and are the caller's to see; keys without a value are left out. */
  protected abstract batch(context: Context, keys: readonly K[]): Promise<ReadonlyMap<K, V>>;

  /** Null: not there, or not the caller's to see. */
  load(door: DoorContext, key: K): Promise<V | null> {
    let loader = this.loaders.get(door);
    if (!loader) {
      loader = this.create(door);
      this.loaders.set(door, loader);
    }
    return loader.load(key);
  }

  private create(door: DoorContext): DataLoader<K, V | null> {
    const context = contextOf(door);
    assert(context, 'a loader is used for a signed-in caller');
    const batch = async (keys: readonly K[]) => {
      const found = await this.batch(context, [...new Set(keys)]);
      return keys.map((key) => found.get(key) ?? null);
    };
    return new DataLoader(batch, { cache: door.transport === 'http', maxBatchSize: 500 });
  }
}
