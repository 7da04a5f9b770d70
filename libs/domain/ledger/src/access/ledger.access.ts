import { createHash, randomBytes } from 'node:crypto';
import {
  type Clock,
  type Context,
  type LogAccessId,
  newId,
  notFound,
  ok,
  parseId,
  refuse,
  type Result,
  systemClock,
  toBase64Url,
} from '@imprimatur/kernel';
import { type ReadContext, UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { LogAccessRepository, type LogAccess } from './ledger.access.repository.js';
import { accessGranted, accessRevoked, accessUsed } from './ledger.events.js';
import { accessExpiryInvalid, accessNoteInvalid, type AccessRefusal } from './ledger.refusals.js';
import { Ledger } from '../writing/ledger.js';

export const ACCESS_DAYS_MAX = 30;
const NOTE_MAX = 200;
const HOUR_MS = 3_600_000;
const HOURS_DEFAULT = 24;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface AccessWish {
  /** What it is for, in the words of who grants it; at most 200 characters. */
  readonly note: string | null;
  /** At most one of the two; neither: a day. */
  readonly expiresAt: Date | null;
  readonly hours: number | null;
}

export interface NewAccess {
  readonly access: LogAccess;
  /** 43 characters of base64url (32 random bytes). Told once; only its hash is kept. */
  readonly token: string;
}

/** Whether a piece of a path can be a token: no log's name and no tenant's id can. */
export function isLogToken(text: string): boolean {
  return TOKEN.test(text) && parseId('tenant', text) === null;
}

/**
 * Capabilities to read a tenant's log for clients that know no sign-in: whoever has the token has the log. Whoever calls `grant`, `revoke`,
 * `find` and `list` has asked whether the actor may.
 */
@Injectable()
export class LogAccesses {
  private readonly clock: Clock = systemClock;

  constructor(
    private readonly repository: LogAccessRepository,
    private readonly ledger: Ledger,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async grant(write: WriteContext, wish: AccessWish): Promise<Result<NewAccess, AccessRefusal>> {
    const now = this.clock.now();
    const expiresAt = expiryOf(wish, now);
    if (!expiresAt) return refuse(accessExpiryInvalid(ACCESS_DAYS_MAX));
    const note = wish.note?.trim() || null;
    if (note !== null && note.length > NOTE_MAX) return refuse(accessNoteInvalid(NOTE_MAX));
    const token = toBase64Url(randomBytes(32));
    const access: LogAccess = {
      id: newId('access'),
      note,
      grantedBy: write.context.actor.subject,
      grantedAt: now,
      expiresAt,
      revokedAt: null,
      usedAt: null,
    };
    await this.repository.insert(write, access, hashOf(token));
    await this.ledger.append(write, accessGranted(access));
    return ok({ access, token });
  }

  /** At once and for good. Again: nothing. */
  async revoke(write: WriteContext, id: LogAccessId): Promise<Result<LogAccess, AccessRefusal>> {
    const revokes = await this.repository.revoke(write, id, this.clock.now());
    if (revokes) await this.ledger.append(write, accessRevoked(id));
    const access = await this.repository.find(write, id);
    return access ? ok(access) : refuse(notFound('access to the log'));
  }

  async find(read: ReadContext, id: LogAccessId): Promise<Result<LogAccess, AccessRefusal>> {
    const access = await this.repository.find(read, id);
    return access ? ok(access) : refuse(notFound('access to the log'));
  }

  /** Newest first. */
  async list(read: ReadContext, first: number, after: LogAccessId | null): Promise<readonly LogAccess[]> {
    return this.repository.list(read, first, after);
  }

  /**
   * The context in which the holder of `token` reads; null: unknown, expired or revoked, which answer alike. The first use of an hour is in
   * the ledger before anything is answered.
   */
  async open(token: string, requestId: string): Promise<Context | null> {
    if (!isLogToken(token)) return null;
    const held = await this.repository.held(hashOf(token));
    const now = this.clock.now();
    if (!held || held.revokedAt !== null || held.expiresAt <= now) return null;
    const { tenant, id } = held;
    const context: Context = { tenant, actor: { kind: 'service', subject: null, ref: id, roles: [] }, requestId };
    const since = new Date(now.getTime() - HOUR_MS);
    if (held.usedAt === null || held.usedAt <= since) {
      await this.unitOfWork.write(context, async (write) => {
        if (await this.repository.noteUse(write, id, now, since)) await this.ledger.append(write, accessUsed(id));
      });
    }
    return context;
  }
}

function hashOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

/** Null: in the past, too late, or said twice. */
function expiryOf({ expiresAt, hours }: AccessWish, now: Date): Date | null {
  if (expiresAt && hours !== null) return null;
  const ends = expiresAt ?? new Date(now.getTime() + (hours ?? HOURS_DEFAULT) * HOUR_MS);
  const lastsMs = ends.getTime() - now.getTime();
  return lastsMs > 0 && lastsMs <= ACCESS_DAYS_MAX * 24 * HOUR_MS ? ends : null;
}
