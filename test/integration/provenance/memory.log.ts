import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { hmacSha256, sha256 } from '@imprimatur/domain/ledger';
import { StatefulSigner } from '@imprimatur/domain/log-signer';
import {
  commitment,
  type Entry,
  entryBytes,
  makeReceipt,
  partBytes,
  type PartValue,
  type Receipt,
  tenantOrigin,
} from '@imprimatur/formats/ledger';
import { consistencyProof, inclusionProof, leafHash, Tree } from '@imprimatur/formats/merkle';
import { newId } from '@imprimatur/kernel';

interface Kept {
  readonly bytes: Uint8Array;
  readonly parts: Readonly<Record<string, { readonly salt: Uint8Array; readonly bytes: Uint8Array }>>;
}

/** A tenant's log without a database: real entries, a real tree, and the real signer with its state on disk. */
export class MemoryLog {
  readonly tenant = newId('tenant');
  readonly origin = tenantOrigin('imprimatur.test', newId('entry'), this.tenant);
  readonly vkey: string;
  private readonly signer: StatefulSigner;
  private readonly kept: Kept[] = [];
  private readonly nodes = new Map<string, Uint8Array>();
  private readonly tree = Tree.empty(sha256);
  private signedSize = 0;

  constructor(home: string) {
    this.signer = new StatefulSigner(join(home, 'signer'), join(home, 'trust', 'logs.vkey'));
    this.signer.pin([this.origin]);
    this.vkey = this.signer.vkeys(this.origin).current;
  }

  /** Answers the leaf index. */
  append(type: string, about: Entry['about'], parts: Readonly<Record<string, PartValue>> = {}): number {
    const id = newId('entry');
    const kept = Object.entries(parts).map(
      ([name, value]) => [name, { salt: new Uint8Array(randomBytes(32)), bytes: partBytes(value) }] as const,
    );
    const entry: Entry = {
      v: 1,
      id,
      type,
      at: '2026-11-23T10:00:00.000Z',
      tenant: this.tenant,
      actor: { kind: 'person', ref: newId('subject'), role: 'approver' },
      about,
      facts: {},
      parts: Object.fromEntries(kept.map(([name, { salt, bytes }]) => [name, commitment(hmacSha256, salt, id, name, bytes)])),
    };
    const bytes = entryBytes(entry);
    const leaf = leafHash(sha256, bytes);
    const index = this.tree.size;
    this.nodes.set(`0/${index}`, leaf);
    for (const node of this.tree.append(leaf)) this.nodes.set(`${node.level}/${node.index}`, node.hash);
    this.kept.push({ bytes, parts: Object.fromEntries(kept) });
    return index;
  }

  /** Under a checkpoint of the whole log as it is now. */
  receipt(index: number, disclose: readonly string[] = []): Receipt {
    const { size } = this.tree;
    const get = (level: number, at: number): Uint8Array => this.nodes.get(`${level}/${at}`) ?? new Uint8Array();
    const checkpoint = this.signer.sign(
      { origin: this.origin, size, root: this.tree.root() },
      consistencyProof(sha256, get, this.signedSize, size),
    );
    this.signedSize = size;
    const kept = this.kept[index];
    if (!kept) throw new Error(`no entry ${index}`);
    const parts = Object.fromEntries(Object.entries(kept.parts).filter(([name]) => disclose.includes(name)));
    return makeReceipt({ entry: kept.bytes, parts, index, proof: inclusionProof(sha256, get, index, size), checkpoint });
  }
}
