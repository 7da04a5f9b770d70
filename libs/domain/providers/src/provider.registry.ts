import { Fault } from '@imprimatur/kernel';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Provider } from './provider.types.js';

/** Injection token of `Providers`. */
export const PROVIDERS = Symbol('providers');

/** Injection token: the name of the provider that a turn goes to when it names none. Also known where no provider runs. */
export const PREFERRED_PROVIDER = Symbol('preferred provider');

/** Injection token of `readonly ProviderTraits[]`: the providers that this installation has, known also where none runs. */
export const PROVIDER_CATALOGUE = Symbol('provider catalogue');

/** The providers of one process, in the order of preference of its configuration. */
@Injectable()
export class Providers implements OnApplicationShutdown {
  private readonly byName: ReadonlyMap<string, Provider>;

  constructor(providers: readonly [Provider, ...Provider[]]) {
    this.byName = new Map(providers.map((provider) => [provider.name, provider]));
  }

  names(): readonly string[] {
    return [...this.byName.keys()];
  }

  find(name: string): Provider | null {
    return this.byName.get(name) ?? null;
  }

  /** The first of `preferred` that is at hand; with none named, the first of all. Throws Fault PROVIDER_MISSING for names that are not configured. */
  choose(preferred: readonly string[]): Provider {
    const names = preferred.length > 0 ? preferred : this.names().slice(0, 1);
    const chosen = names.map((name) => this.find(name)).find((provider) => provider !== null);
    if (chosen) return chosen;
    throw new Fault({
      room: 'providers',
      code: 'PROVIDER_MISSING',
      message: `none of the providers ${names.join(', ')} is configured`,
      safe: true,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.byName.values()].map((provider) => provider.close()));
  }
}
