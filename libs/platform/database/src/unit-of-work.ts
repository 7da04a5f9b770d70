import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { assert, type Context, Fault, isUuid, type Result } from '@imprimatur/kernel';
import { isUnavailable, unavailable } from './data-source.js';

declare const writable: unique symbol;

/** A transaction that sees one tenant. Repositories take it; nothing else touches `manager`. */
export interface ReadContext {
  readonly context: Context;
  readonly manager: EntityManager;
}

/** A transaction that may write. Only `UnitOfWork` makes one, so a write outside a transaction does not compile. */
export interface WriteContext extends ReadContext {
  readonly [writable]: true;
  /** Runs after the commit, once, never on a rollback; its failure is the caller's to log. For wake-ups, not for durable work. */
  afterCommit(action: () => void): void;
}

function isRefused(answer: unknown): answer is Result<never> & { ok: false } {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false && 'refusal' in answer;
}

/** Rolls the transaction back while still answering with the refusal. */
class RolledBack extends Error {
  constructor(readonly answer: unknown) {
    super('rolled back by a refusal');
  }
}

/**
 * Every transaction of the app: sets the tenant that row-level security checks (SET LOCAL, so nothing leaks through a pooler),
 * commits what `work` did, and rolls all of it back when `work` throws or answers with a refusal: a refusal changes nothing.
 */
@Injectable()
export class UnitOfWork {
  constructor(private readonly dataSource: DataSource) {}

  /** A read-only snapshot of one tenant. Throws Fault DATABASE_UNAVAILABLE (retryable) when PostgreSQL is away or full. */
  async read<T>(context: Context, work: (read: ReadContext) => Promise<T>): Promise<T> {
    return this.transaction(async (manager) => {
      await this.enterTenant(manager, context, 'set transaction isolation level repeatable read, read only; ');
      return work({ context, manager });
    });
  }

  /** A read-committed transaction of one tenant. Throws Fault DATABASE_UNAVAILABLE (retryable) when PostgreSQL is away or full. */
  async write<T>(context: Context, work: (write: WriteContext) => Promise<T>): Promise<T> {
    const afterwards: (() => void)[] = [];
    let answer: T;
    try {
      answer = await this.transaction(async (manager) => {
        await this.enterTenant(manager, context);
        const write = { context, manager, afterCommit: (action: () => void) => void afterwards.push(action) } as unknown as WriteContext;
        const value = await work(write);
        if (isRefused(value)) throw new RolledBack(value);
        return value;
      });
    } catch (error) {
      if (error instanceof RolledBack) return error.answer as T;
      throw error;
    }
    for (const action of afterwards) action();
    return answer;
  }

  private async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.dataSource.transaction(work);
    } catch (error) {
      throw isUnavailable(error) && !(error instanceof Fault) ? unavailable(error) : error;
    }
  }

  /** One round trip: several statements in one query take no parameters, so the id is checked instead. */
  private async enterTenant(manager: EntityManager, { tenant }: Context, first = ''): Promise<void> {
    assert(isUuid(tenant), 'a tenant is a UUID');
    await manager.query(`${first}select set_config('app.tenant_id', '${tenant}', true)`);
  }
}
