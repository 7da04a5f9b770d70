import { type EntryAbout, parseEntry } from '@imprimatur/formats/ledger';
import { leafHash } from '@imprimatur/formats/merkle';
import { type AssetId, equalBytes, toBase64Url } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { AssetTrailRepository, type TrailLink } from './asset.trail.repository.js';
import { sha256 } from '../digest.js';
import { eventOf } from './event.search.js';
import type { SearchPage } from './event.types.js';
import type { AuditEvent } from '../ledger.types.js';

/** Numbers of an asset's history that no entry has, both ends included. */
export interface TrailGap {
  readonly seqFrom: number;
  readonly seqTo: number;
}

/** An entry that does not follow from the one before it. */
export interface TrailBreak {
  readonly seq: number;
  /** entry: its bytes are not what its hash says, or do not name this place. prev: it names another predecessor. head: the newest entry is not the one that the ledger counts as newest. */
  readonly what: 'entry' | 'prev' | 'head';
}

/** Whether an asset's own history is whole, from its first entry to its head. */
export interface TrailCompleteness {
  readonly asset: AssetId;
  /** 1; 0: nothing was ever written of it. */
  readonly seqFrom: number;
  /** The head: how many entries there must be. */
  readonly seqTo: number;
  readonly isComplete: boolean;
  readonly gaps: readonly TrailGap[];
  readonly breaks: readonly TrailBreak[];
}

const PAGE = 500;
/** A history that is broken everywhere is not listed to its end. */
const FINDINGS_MAX = 100;

/** The histories of assets. Whoever calls has asked whether the actor may read the ledger. */
@Injectable()
export class AssetTrail {
  constructor(private readonly repository: AssetTrailRepository) {}

  /**
   * Everything that was written of these assets, and of what their entries name (their versions, turns, sessions, exports ...) as far as it
   * does not speak of another asset; in the order in which it was written.
   */
  async find(read: ReadContext, assets: readonly AssetId[], page: SearchPage): Promise<readonly AuditEvent[]> {
    if (assets.length === 0) return [];
    return (await this.repository.find(read, assets, page)).map(eventOf);
  }

  /** Walks the asset's history from 1 to its head, hashing every entry anew. Memory is bounded; time grows with the history. */
  async completeness(read: ReadContext, asset: AssetId): Promise<TrailCompleteness> {
    const head = await this.repository.head(read, asset);
    const gaps: TrailGap[] = [];
    const breaks: TrailBreak[] = [];
    let last: { readonly seq: number; readonly hash: Uint8Array | null } = { seq: 0, hash: null };
    for (;;) {
      const links: readonly TrailLink[] = await this.repository.links(read, asset, last.seq, PAGE);
      for (const link of links) {
        if (link.seq > last.seq + 1) gaps.push({ seqFrom: last.seq + 1, seqTo: link.seq - 1 });
        const what = breakOf(asset, link, link.seq === last.seq + 1 ? last.hash : undefined);
        if (what) breaks.push({ seq: link.seq, what });
        last = { seq: link.seq, hash: link.leafHash };
      }
      if (links.length < PAGE || gaps.length + breaks.length >= FINDINGS_MAX) break;
    }
    const seqTo = Math.max(head?.seq ?? 0, last.seq);
    if (last.seq < seqTo) gaps.push({ seqFrom: last.seq + 1, seqTo });
    else if (last.seq > 0 && !isHead(head, last)) breaks.push({ seq: last.seq, what: 'head' });
    return { asset, seqFrom: Math.min(1, seqTo), seqTo, isComplete: gaps.length + breaks.length === 0, gaps, breaks };
  }
}

function isHead(
  head: { readonly seq: number; readonly leafHash: Uint8Array | null } | null,
  last: { readonly seq: number; readonly hash: Uint8Array | null },
): boolean {
  return head !== null && head.seq === last.seq && head.leafHash !== null && last.hash !== null && equalBytes(head.leafHash, last.hash);
}

/** `prev`: leaf hash of the entry before; null: there is none; undefined: it is missing, so nothing can be said of the link. */
function breakOf(
  asset: AssetId,
  { seq, bytes, leafHash: stored }: TrailLink,
  prev: Uint8Array | null | undefined,
): TrailBreak['what'] | null {
  const parsed = parseEntry(bytes);
  const place = parsed.status === 'entry' ? placeOf(parsed.entry.about, asset) : undefined;
  if (!place || place.seq !== seq || !equalBytes(leafHash(sha256, bytes), stored)) return 'entry';
  if (prev === undefined) return null;
  return place.prev === (prev && toBase64Url(prev)) ? null : 'prev';
}

function placeOf(about: readonly EntryAbout[], asset: AssetId): EntryAbout | undefined {
  return about.find(({ kind, id }) => kind === 'asset' && id === asset);
}
