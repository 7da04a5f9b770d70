import type { Receipt } from '@imprimatur/formats/ledger';
import { type EntryId, notFound, ok, refuse, type Result } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { partsDisclosed } from './ledger.events.js';
import { LedgerReader } from '../reading/ledger.reader.js';
import { type DisclosureRefusal, entryNotSignedYet, partErased, partsInvalid, partUnknown, reasonInvalid } from './ledger.refusals.js';
import { Ledger } from '../writing/ledger.js';

const PARTS_MAX = 20;
const REASON_MAX = 2_000;

export interface DisclosureWish {
  readonly entry: EntryId;
  /** Names as they stand in the entry. */
  readonly parts: readonly string[];
  /** Why, and to whom: 1 to 2,000 characters. */
  readonly reason: string;
}

/** Hands out chosen parts of one entry with their salts, so that they can be checked against the commitments in its leaf. */
@Injectable()
export class Disclosure {
  constructor(
    private readonly reader: LedgerReader,
    private readonly ledger: Ledger,
  ) {}

  /**
   * The receipt with those parts open, and `ledger.disclosed` in the transaction that made it. Whoever calls has asked whether the actor may,
   * and hands the receipt out only after the commit.
   */
  async disclose(write: WriteContext, wish: DisclosureWish): Promise<Result<Receipt, DisclosureRefusal>> {
    const parts = [...new Set(wish.parts)];
    const reason = wish.reason.trim();
    if (parts.length === 0 || parts.length > PARTS_MAX) return refuse(partsInvalid(PARTS_MAX));
    if (reason.length === 0 || reason.length > REASON_MAX) return refuse(reasonInvalid(REASON_MAX));
    const receipt = await this.open(write, wish.entry, parts);
    if (!receipt.ok) return receipt;
    const event = await this.reader.event(write, wish.entry);
    if (!event) return refuse(notFound('entry of the ledger'));
    const by = write.context.actor.subject;
    await this.ledger.append(write, partsDisclosed({ id: event.id, about: event.entry.about }, parts, { text: reason, by }));
    return receipt;
  }

  /** The same receipt again, for the repetition of a request that was answered before; what was erased since is refused. */
  async open(read: ReadContext, id: EntryId, parts: readonly string[]): Promise<Result<Receipt, DisclosureRefusal>> {
    const event = await this.reader.event(read, id);
    if (!event) return refuse(notFound('entry of the ledger'));
    const unknown = parts.find((part) => !Object.hasOwn(event.entry.parts, part));
    if (unknown !== undefined) return refuse(partUnknown(unknown));
    for (const part of parts) if (!(await this.reader.openPart(read, id, part))) return refuse(partErased(part));
    const receipt = await this.reader.receipt(read, id, [...new Set(parts)]);
    return receipt ? ok(receipt) : refuse(entryNotSignedYet());
  }
}
