import { generateKeyPairSync, sign } from 'node:crypto';
import {
  checkpointText,
  consistencyProof,
  formatAddCheckpoint,
  formatVkey,
  keyIdOf,
  leafHash,
  signedNote,
  Tree,
} from '@imprimatur/formats/merkle';
import { sha256 } from '@imprimatur/domain/ledger';
import { utf8 } from '@imprimatur/kernel';

/** A log in memory whose operator can do anything, forks and rollbacks included. */
export class LogOfTest {
  private readonly keys = generateKeyPairSync('ed25519');
  readonly publicKey = this.keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);

  constructor(readonly origin: string) {}

  get vkey(): string {
    return formatVkey(sha256, this.origin, this.publicKey);
  }

  /** The request that leads from `oldSize` to the tree of these entries. */
  request(entries: readonly string[], oldSize: number, change: { readonly proof?: readonly Uint8Array[] } = {}): string {
    const { tree, nodes } = grown(entries);
    const get = (level: number, index: number): Uint8Array => nodes.get(`${level}/${index}`) ?? new Uint8Array(32);
    const proof = change.proof ?? (oldSize <= entries.length ? consistencyProof(sha256, get, oldSize, entries.length) : []);
    return formatAddCheckpoint({ oldSize, proof, note: this.note({ origin: this.origin, size: entries.length, root: tree.root() }) });
  }

  note(checkpoint: { readonly origin: string; readonly size: number; readonly root: Uint8Array }): string {
    const text = checkpointText(checkpoint);
    const signature = sign(null, utf8(text), this.keys.privateKey);
    return signedNote(text, { name: this.origin, keyId: keyIdOf(sha256, this.origin, this.publicKey), signature });
  }
}

/** `count` entries; those from `forkAt` on belong to the branch. */
export function entriesOf(count: number, branch = 'main', forkAt = 0): readonly string[] {
  return Array.from({ length: count }, (_, at) => (at < forkAt ? `main ${at}` : `${branch} ${at}`));
}

function grown(entries: readonly string[]): { readonly tree: Tree; readonly nodes: ReadonlyMap<string, Uint8Array> } {
  const tree = Tree.empty(sha256);
  const nodes = new Map<string, Uint8Array>();
  entries.forEach((entry, at) => {
    const leaf = leafHash(sha256, utf8(entry));
    nodes.set(`0/${at}`, leaf);
    for (const node of tree.append(leaf)) nodes.set(`${node.level}/${node.index}`, node.hash);
  });
  return { tree, nodes };
}
