import { randomBytes } from 'node:crypto';
import { commitment, type Entry, type EntryAbout, entryBytes, partAssociatedData, partBytes, SALT_BYTES } from '@imprimatur/formats/ledger';
import { leafHash } from '@imprimatur/formats/merkle';
import { type AssetId, type Context, newId, systemClock, timestamp, toBase64Url } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { seal } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';
import { hmacSha256, sha256 } from './digest.js';
import { EntryRepository, type NewPayload } from './entry.repository.js';
import type { About, AppendedEntry, NewEvent, NewPart } from './ledger.types.js';
import { Sealing } from './sealing.js';

/** The ledger's writing side: every room's events, each in the transaction of the change it tells. */
@Injectable()
export class Ledger {
  constructor(
    private readonly entries: EntryRepository,
    private readonly sealing: Sealing,
  ) {}

  /**
   * Writes one entry. Order: (1) lock the head of each asset it speaks of, which fixes seq and prev; (2) commit to each part and seal it;
   * (3) insert entry, its index, payload and its place in the sequencer's queue in one statement. Nothing is visible before the caller's commit.
   */
  async append(write: WriteContext, event: NewEvent): Promise<AppendedEntry> {
    const id = newId('entry');
    const heads = await this.entries.advanceHeads(write, assetsOf(event.about));
    const about = event.about.map(({ kind, id: aboutId }): EntryAbout => {
      const head = kind === 'asset' ? heads.get(aboutId as AssetId) : undefined;
      return head ? { kind, id: aboutId, seq: head.seq, prev: head.prev && toBase64Url(head.prev) } : { kind, id: aboutId };
    });
    const payloads: NewPayload[] = [];
    const parts: Record<string, string> = {};
    for (const [name, part] of Object.entries(event.parts ?? {})) {
      const sealed = await this.sealPart(write, id, name, part);
      parts[name] = sealed.commitment;
      payloads.push(sealed.payload);
    }
    const at = systemClock.now();
    const entry: Entry = {
      v: 1,
      id,
      type: event.type,
      at: timestamp(at),
      tenant: write.context.tenant,
      actor: actorOf(write.context),
      about,
      facts: event.facts,
      parts,
    };
    const bytes = entryBytes(entry);
    const hash = leafHash(sha256, bytes);
    await this.entries.insert(write, { id, type: event.type, at, actor: entry.actor.ref, bytes, leafHash: hash, about, payloads });
    return { id, leafHash: hash };
  }

  private async sealPart(
    write: WriteContext,
    id: string,
    name: string,
    part: NewPart,
  ): Promise<{ commitment: string; payload: NewPayload }> {
    const salt = randomBytes(SALT_BYTES);
    const bytes = partBytes(part.value);
    const { key, wrapped } = await this.sealing.newDataKey(write, part.subjects);
    const sealed = seal(key, Buffer.concat([salt, bytes]), partAssociatedData(write.context.tenant, id, name));
    return { commitment: commitment(hmacSha256, salt, id, name, bytes), payload: { part: name, wrappedKey: wrapped, sealed } };
  }
}

function assetsOf(about: readonly About[]): readonly AssetId[] {
  return [...new Set(about.filter(({ kind }) => kind === 'asset').map(({ id }) => id as AssetId))].sort();
}

function actorOf({ actor }: Context): Entry['actor'] {
  return { kind: actor.kind, ref: actor.ref, role: actor.roles.length > 0 ? actor.roles.join(' ') : actor.kind };
}
