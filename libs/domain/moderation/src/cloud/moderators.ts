import { hash } from 'node:crypto';
import { assert, type Clock, Fault, type TenantId } from '@imprimatur/kernel';
import { CircuitBreaker, type BreakerOptions } from './circuit.breaker.js';
import { circuitOpen, moderatorUnavailable } from './moderator.faults.js';
import type { EngineVerdict, ModeratedContent, Moderator, SentContent } from './moderator.types.js';
import { nameOf, VerdictCache, type VerdictKey } from './verdict.cache.js';

/** A moderator that was asked and did not judge. */
export interface SilentModerator {
  readonly engine: string;
  /** Code of the fault. */
  readonly code: string;
}

/** What the moderators said of one prompt or picture. Whoever reads `verdicts` reads `silent` too: what they would have said is not known. */
export interface Moderation {
  readonly verdicts: readonly EngineVerdict[];
  readonly silent: readonly SilentModerator[];
}

export interface ModeratorsOptions {
  readonly moderators: readonly Moderator[];
  /** The longest that one of them is waited for, all tries included. */
  readonly timeoutMs: number;
  /** What is sent of a picture: a JPEG without metadata. */
  readonly toJpeg: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly clock: Clock;
  /** Told of every call that failed. */
  readonly report: (error: unknown, engine: string) => void;
  readonly breaker?: Omit<BreakerOptions, 'clock'>;
  /** Between the first try and the second, for what may be tried again. */
  readonly waitMs?: number;
}

const WAIT_MS = 250;
/** Faults that say nothing of the engine's health. */
const HEALTHY = new Set(['MODERATOR_CONTENT_REFUSED']);

/** The cloud moderators of this process, each behind a circuit breaker, a time limit and a cache. None configured: nothing leaves the machine. */
export class Moderators {
  private readonly cache: VerdictCache;
  private readonly breakers: ReadonlyMap<Moderator, CircuitBreaker>;
  /** Calls that are under way: the same content asked about twice at once is sent once. */
  private readonly underWay = new Map<string, Promise<EngineVerdict>>();

  constructor(private readonly options: ModeratorsOptions) {
    const { clock, breaker, moderators } = options;
    this.cache = new VerdictCache(clock);
    this.breakers = new Map(moderators.map((each) => [each, new CircuitBreaker({ ...breaker, clock })]));
  }

  /** Asks every moderator that judges such content; never throws. `known`: verdicts that were kept with it, which need not be asked for again. */
  async judge(tenant: TenantId, content: ModeratedContent, known: readonly EngineVerdict[] = []): Promise<Moderation> {
    const asked = this.options.moderators.filter(({ judges }) => judges.includes(content.kind));
    if (asked.length === 0) return { verdicts: [], silent: [] };
    const sha256 = hash('sha256', content.kind === 'prompt' ? content.text : content.bytes, 'hex');
    const sent = once(() => this.toSend(content));
    const answers = await Promise.all(
      asked.map(async (moderator): Promise<EngineVerdict | SilentModerator> => {
        const { name: engine, version } = moderator;
        const kept = known.find((verdict) => verdict.engine === engine && verdict.version === version);
        if (kept) return kept;
        try {
          return await this.verdictOf(moderator, { tenant, kind: content.kind, sha256, engine, version }, sent);
        } catch (error) {
          this.options.report(error, engine);
          return { engine, code: error instanceof Fault ? error.code : 'UNEXPECTED' };
        }
      }),
    );
    return {
      verdicts: answers.filter((answer) => 'classes' in answer),
      silent: answers.filter((answer) => 'code' in answer),
    };
  }

  private async verdictOf(moderator: Moderator, key: VerdictKey, sent: () => Promise<SentContent>): Promise<EngineVerdict> {
    const found = this.cache.find(key);
    if (found) return found;
    const name = nameOf(key);
    const running = this.underWay.get(name);
    if (running) return running;
    const call = this.call(moderator, sent).then((verdict) => {
      this.cache.keep(key, verdict);
      return verdict;
    });
    this.underWay.set(name, call);
    try {
      return await call;
    } finally {
      this.underWay.delete(name);
    }
  }

  private async call(moderator: Moderator, sent: () => Promise<SentContent>): Promise<EngineVerdict> {
    const content = await sent(); // a picture that cannot be sent says nothing of the engine
    const breaker = this.breakers.get(moderator);
    assert(breaker, 'every moderator has a breaker');
    if (!breaker.mayTry()) throw circuitOpen(moderator.name);
    try {
      const said = await this.withinTime(moderator, content);
      breaker.succeeded();
      return { engine: moderator.name, version: moderator.version, ...said };
    } catch (error) {
      if (error instanceof Fault && HEALTHY.has(error.code)) breaker.succeeded();
      else breaker.failed();
      throw error;
    }
  }

  /** Twice at most, for what may be tried again, and never longer than the limit: an answer that comes later counts for nothing. */
  private async withinTime(moderator: Moderator, content: SentContent): ReturnType<Moderator['judge']> {
    const { timeoutMs, waitMs = WAIT_MS } = this.options;
    const endsAt = performance.now() + timeoutMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(moderatorUnavailable(moderator.name, `did not answer within ${timeoutMs} ms`)), timeoutMs);
    });
    const judged = moderator.judge(content, timeoutMs).catch(async (error: unknown) => {
      const leftMs = Math.floor(endsAt - performance.now()) - waitMs;
      if (!(error instanceof Fault && error.retryable) || leftMs <= waitMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      return moderator.judge(content, leftMs);
    });
    try {
      return await Promise.race([judged, late]);
    } finally {
      clearTimeout(timer);
      judged.catch(() => undefined); // what comes too late is nobody's error
    }
  }

  private async toSend(content: ModeratedContent): Promise<SentContent> {
    return content.kind === 'prompt' ? content : { kind: 'picture', jpeg: await this.options.toJpeg(content.bytes) };
  }
}

/** The picture is made ready once for all that are asked, and not at all where nobody is. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
