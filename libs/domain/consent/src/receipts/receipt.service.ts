import { createHash, randomBytes } from 'node:crypto';
import { allow, TenantService } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import {
  assert,
  type ConsentId,
  newId,
  notFound,
  ok,
  type ReceiptId,
  refuse,
  type Result,
  systemClock,
  toBase64Url,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ConsentRefusal } from '../consent.refusals.js';
import { ConsentRepository } from '../consent.repository.js';
import { receiptDocument } from './receipt.document.js';
import { receiptIssued } from './receipt.events.js';
import { ReceiptRepository } from './receipt.repository.js';
import type { ConsentReceipt, HeldReceipt, NewReceipt, ReceiptSlice } from './receipt.types.js';

/** Begins every capability, so that nobody takes one for the credentials of an account. */
export const RECEIPT_CAPABILITY_PREFIX = 'imr_';
const CAPABILITY = /^imr_[A-Za-z0-9_-]{43}$/;

/** What people are given who agreed to be shown: a receipt that the tenant's log stands behind, and a capability that opens it. */
@Injectable()
export class ReceiptService {
  constructor(
    private readonly receipts: ReceiptRepository,
    private readonly consents: ConsentRepository,
    private readonly tenants: TenantService,
    private readonly ledger: Ledger,
  ) {}

  /** `replace`: earlier receipts of the consent open nothing from now on, for when one was lost to somebody else. */
  async issue(write: WriteContext, consent: ConsentId, replace: boolean): Promise<Result<NewReceipt, ConsentRefusal>> {
    const denied = allow(write.context, 'register', 'Consent');
    if (denied) return refuse(denied);
    await this.consents.lock(write, consent);
    const history = await this.consents.versions(write, consent);
    const newest = history.at(-1);
    if (!newest) return refuse(notFound('consent'));
    const tenant = await this.tenants.current(write);
    assert(tenant.ok, 'the tenant of a consent exists');
    const [id, issuedAt] = [newId('receipt'), systemClock.now()];
    const replaced = replace ? await this.receipts.endAllOf(write, consent, issuedAt) : 0;
    const document = receiptDocument(id, tenant.value, history, issuedAt);
    const { version, subject } = newest;
    const { id: entry } = await this.ledger.append(write, receiptIssued({ id, consent, version, subject }, document, replaced));
    const issuedBy = write.context.actor.subject;
    const receipt: ConsentReceipt = { id, consent, version, subject, entry, issuedBy, issuedAt, endedAt: null };
    const capability = `${RECEIPT_CAPABILITY_PREFIX}${toBase64Url(randomBytes(32))}`;
    await this.receipts.insert(write, receipt, hashOf(capability));
    return ok({ receipt, capability });
  }

  /** What a capability opens, whosever it is; null: nothing, or another receipt than `id`, or it was replaced. */
  async held(id: ReceiptId, capability: string): Promise<HeldReceipt | null> {
    if (!CAPABILITY.test(capability)) return null;
    const held = await this.receipts.held(hashOf(capability));
    return held?.id === id && held.endedAt === null ? held : null;
  }

  /** Those of `ids` that exist, in no order; none for an actor who may not issue receipts. */
  async findMany(read: ReadContext, ids: readonly ReceiptId[]): Promise<readonly ConsentReceipt[]> {
    return allow(read.context, 'register', 'Consent') ? [] : this.receipts.findMany(read, ids);
  }

  /** Of one consent, newest first. */
  async list(read: ReadContext, slice: ReceiptSlice): Promise<readonly ConsentReceipt[]> {
    return allow(read.context, 'register', 'Consent') ? [] : this.receipts.page(read, slice);
  }
}

const hashOf = (capability: string): Uint8Array => createHash('sha256').update(capability).digest();
