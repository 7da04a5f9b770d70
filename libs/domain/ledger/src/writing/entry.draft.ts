import { randomBytes } from 'node:crypto';
import { commitment, type Entry, type EntryAbout, entryBytes, partAssociatedData, partBytes, SALT_BYTES } from '@imprimatur/formats/ledger';
import { leafHash } from '@imprimatur/formats/merkle';
import { type AssetId, type Context, type EntryId, newId, type SubjectId, systemClock, timestamp, toBase64Url } from '@imprimatur/kernel';
import { seal } from '@imprimatur/platform/keys';
import { hmacSha256, sha256 } from '../digest.js';
import type { Head, NewPayload, NewRow } from './entry.row.js';
import type { NewEvent } from '../ledger.types.js';
import type { DataKey } from '../sealing/sealing.js';

/** Everything of an entry but its place in the histories of the assets that it speaks of. */
export interface EntryDraft {
  readonly id: EntryId;
  readonly context: Context;
  readonly event: NewEvent;
  readonly commitments: Readonly<Record<string, string>>;
  readonly payloads: readonly NewPayload[];
}

export type NewDataKey = (subjects: readonly SubjectId[]) => Promise<DataKey>;

/** Commits to each part and seals it. */
export async function draftEntry(context: Context, event: NewEvent, newDataKey: NewDataKey): Promise<EntryDraft> {
  const id = newId('entry');
  const payloads: NewPayload[] = [];
  const commitments: Record<string, string> = {};
  for (const [name, part] of Object.entries(event.parts ?? {})) {
    const salt = randomBytes(SALT_BYTES);
    const bytes = partBytes(part.value);
    const { key, wrapped } = await newDataKey(part.subjects);
    const sealed = seal(key, Buffer.concat([salt, bytes]), partAssociatedData(context.tenant, id, name));
    commitments[name] = commitment(hmacSha256, salt, id, name, bytes);
    payloads.push({ part: name, subjects: part.subjects, wrappedKey: wrapped, sealed });
  }
  return { id, context, event, commitments, payloads };
}

/**
 * The bytes of a draft and what is stored with them. Takes from `heads` the place of each asset's next entry, and puts there the one after
 * it, so that several drafts can be finished one after the other.
 */
export function finishEntry({ id, context, event, commitments, payloads }: EntryDraft, heads: Map<AssetId, Head>): NewRow {
  const at = systemClock.now();
  const about = event.about.map(({ kind, id: aboutId }): EntryAbout => {
    const head = kind === 'asset' ? heads.get(aboutId as AssetId) : undefined;
    return head ? { kind, id: aboutId, seq: head.seq, prev: head.prev && toBase64Url(head.prev) } : { kind, id: aboutId };
  });
  const { tenant } = context;
  const actor = actorOf(context);
  const { type, facts, signature } = event;
  const said = { v: 1 as const, id, type, at: timestamp(at), tenant, actor, about, facts, parts: commitments };
  const entry: Entry = signature ? { ...said, signature } : said;
  const bytes = entryBytes(entry);
  const hash = leafHash(sha256, bytes);
  for (const { id: asset, seq } of about) if (seq !== undefined) heads.set(asset as AssetId, { seq: seq + 1, prev: hash });
  return { tenant, id, type, at, actor: actor.ref, bytes, leafHash: hash, about, payloads };
}

/** How many entries each asset gets, in the order in which heads are locked, so that two writers cannot deadlock. */
export function assetCounts(events: readonly NewEvent[]): ReadonlyMap<AssetId, number> {
  const counts = new Map<AssetId, number>();
  for (const event of events) for (const asset of assetsOf(event)) counts.set(asset, 1 + (counts.get(asset) ?? 0));
  return new Map([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

export function assetsOf({ about }: NewEvent): ReadonlySet<AssetId> {
  return new Set(about.filter(({ kind }) => kind === 'asset').map(({ id }) => id as AssetId));
}

function actorOf({ actor }: Context): Entry['actor'] {
  return { kind: actor.kind, ref: actor.ref, role: actor.roles.length > 0 ? actor.roles.join(' ') : actor.kind };
}
