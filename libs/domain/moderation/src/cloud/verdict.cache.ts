import type { Clock, TenantId } from '@imprimatur/kernel';
import type { EngineVerdict, ModeratedContent } from './moderator.types.js';

/** What a verdict is of. Tenants never share one: that somebody else asked the same is nobody's business. */
export interface VerdictKey {
  readonly tenant: TenantId;
  readonly kind: ModeratedContent['kind'];
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly engine: string;
  readonly version: string;
}

const VERDICTS_MAX = 20_000;
/** An engine behind a name like 'latest' changes without a word. */
const KEPT_MS = 60 * 60 * 1000;

/**
 * Verdicts of this process, the least recently used given up first. In memory on purpose: the digest of a prompt can be guessed back, so that a
 * table of them would be personal data, to be found and erased; a picture's verdicts are kept with its screening, which is.
 */
export class VerdictCache {
  private readonly kept = new Map<string, { readonly verdict: EngineVerdict; readonly until: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly verdictsMax = VERDICTS_MAX,
  ) {}

  find(key: VerdictKey): EngineVerdict | null {
    const name = nameOf(key);
    const found = this.kept.get(name);
    if (!found) return null;
    this.kept.delete(name);
    if (found.until <= this.clock.now().getTime()) return null;
    this.kept.set(name, found);
    return found.verdict;
  }

  keep(key: VerdictKey, verdict: EngineVerdict): void {
    const name = nameOf(key);
    this.kept.delete(name);
    this.kept.set(name, { verdict, until: this.clock.now().getTime() + KEPT_MS });
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.verdictsMax && oldest !== undefined) this.kept.delete(oldest);
  }
}

/** Unambiguous: no part can run into the next. */
export function nameOf({ tenant, kind, sha256, engine, version }: VerdictKey): string {
  return JSON.stringify([tenant, kind, sha256, engine, version]);
}
