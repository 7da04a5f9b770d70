import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, Fault } from '@imprimatur/kernel';
import { createFileOnce } from '@imprimatur/platform/files';

const SPKI_HEADER_BYTES = 12;
const GENERATIONS_MAX = 1_000;

/** One Ed25519 key of a ring. */
export interface RingKey {
  /** 1, 2, 3 ...: the highest is the current one. */
  readonly generation: number;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/**
 * Ed25519 keys in files of a folder (PKCS#8 PEM, 0600): `<name>.key`, then `<name>.2.key` and so on, one per rotation. Every key that is there
 * signs: while the old file stays, whoever pinned the old key and whoever pinned the new one are both served. Removing a file ends the overlap.
 */
export class KeyRing {
  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {
    if (this.generations().length === 0) this.make(1);
  }

  /** Oldest first. Throws Fault SIGNING_KEY_BROKEN. */
  keys(): readonly RingKey[] {
    return this.generations().map((generation) => ringKey(generation, this.read(generation)));
  }

  /** Adds the next key; it is current from the next reading on. */
  rotate(): RingKey {
    const newest = this.generations().at(-1) ?? 0;
    assert(newest < GENERATIONS_MAX, 'a ring has at most a thousand keys');
    this.make(newest + 1);
    return ringKey(newest + 1, this.read(newest + 1));
  }

  private make(generation: number): void {
    createFileOnce(
      this.file(generation),
      generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      0o600,
    );
  }

  private read(generation: number): KeyObject {
    try {
      const key = createPrivateKey(readFileSync(this.file(generation)));
      if (key.asymmetricKeyType === 'ed25519') return key;
    } catch (cause) {
      throw broken(this.file(generation), cause);
    }
    throw broken(this.file(generation), undefined);
  }

  private generations(): readonly number[] {
    if (!existsSync(this.folder)) return [];
    const pattern = new RegExp(`^${this.name}(?:\\.(\\d{1,4}))?\\.key$`);
    const found = readdirSync(this.folder).flatMap((file) => {
      const match = pattern.exec(file);
      return match ? [match[1] === undefined ? 1 : Number(match[1])] : [];
    });
    return found.sort((a, b) => a - b);
  }

  private file(generation: number): string {
    return join(this.folder, generation === 1 ? `${this.name}.key` : `${this.name}.${generation}.key`);
  }
}

function ringKey(generation: number, key: KeyObject): RingKey {
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_HEADER_BYTES);
  return { generation, publicKey, sign: (message) => sign(null, message, key) };
}

function broken(file: string, cause: unknown): Fault {
  const message = `${file} holds no Ed25519 key in PEM: restore it from a backup`;
  return new Fault({ room: 'signing', code: 'SIGNING_KEY_BROKEN', message, safe: true, cause });
}
