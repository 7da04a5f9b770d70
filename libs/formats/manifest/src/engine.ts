import { displayText } from './display.js';
import { TRUSTED_EKUS } from './vocabulary.js';

/** The functions of c2pa-rs compiled to WebAssembly. */
export type C2paEngine = typeof import('@contentauth/c2pa-wasm');

/** PEM certificates that a signer or time-stamper may lead to; null: none, then no issuer is known. */
export interface TrustSettings {
  readonly trustAnchorsPem: string | null;
}

/** What reading a file's manifest store came to. `crJson` is a stranger's data: hand it to `readManifest`. */
export type StoreReading =
  | { readonly kind: 'store'; readonly crJson: unknown; readonly activeUrn: string | null }
  | { readonly kind: 'none' }
  /** The file names a place on the network where its manifest would be; nothing was fetched. */
  | { readonly kind: 'remote' }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * What the engine is told on every call: which issuers are trusted, for what, and to fetch nothing. A file may name a URL of its maker's choice
 * as the place of its manifest, and the engine would otherwise ask there.
 */
export function engineSettings({ trustAnchorsPem }: TrustSettings): string {
  return JSON.stringify({
    verify: { remote_manifest_fetch: false, ocsp_fetch: false, verify_trust: true, verify_timestamp_trust: true },
    trust: { trust_config: TRUSTED_EKUS.join('\n'), ...(trustAnchorsPem === null ? {} : { trust_anchors: trustAnchorsPem }) },
    builder: { thumbnail: { enabled: false } },
  });
}

/** The engine reads Blobs through this and calls no other method; outside a browser's worker there is no FileReaderSync. */
export class MemoryBlob {
  readonly type = '';

  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.byteLength;
  }

  slice(from = 0, to = this.size): MemoryBlob {
    return new MemoryBlob(this.bytes.subarray(Math.min(from, this.size), Math.min(to, this.size)));
  }

  copy(): ArrayBuffer {
    return this.bytes.slice().buffer;
  }
}

class MemoryFileReader {
  readAsArrayBuffer(blob: MemoryBlob): ArrayBuffer {
    return blob.copy();
  }
}

/**
 * The engine in this thread, from the bytes of its own `c2pa.wasm`. One per thread: the package holds one instance, and after a panic
 * (`isPanic`) the thread must end.
 */
export async function loadEngine(wasm: Uint8Array<ArrayBuffer>): Promise<C2paEngine> {
  // imported when needed: whoever only writes or reads definitions does not load ten megabytes
  const engine = await import('@contentauth/c2pa-wasm');
  const scope = globalThis as { FileReaderSync?: unknown };
  scope.FileReaderSync ??= MemoryFileReader;
  engine.initSync({ module: wasm });
  return engine;
}

/** Reads and validates the manifest store in `bytes`. Throws only what `isPanic` recognises. */
export async function readStore(engine: C2paEngine, bytes: Uint8Array, mediaType: string, trust: TrustSettings): Promise<StoreReading> {
  try {
    const reader = await engine.WasmReader.fromBytes(mediaType, bytes, engineSettings(trust));
    try {
      return { kind: 'store', crJson: JSON.parse(reader.crJson()) as unknown, activeUrn: reader.activeLabel() ?? null };
    } finally {
      reader.free();
    }
  } catch (error) {
    if (isPanic(error)) throw error;
    return readingOf(error);
  }
}

/** Whether the engine gave up on itself; its instance is of no more use then. */
export function isPanic(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}

/** The engine throws strings, of Rust's debug form: `C2pa(JumbfNotFound)`. */
export function engineErrorText(error: unknown): string {
  return displayText(typeof error === 'string' ? error : error instanceof Error ? error.message : 'an error without words');
}

function readingOf(error: unknown): StoreReading {
  const text = engineErrorText(error);
  if (/^C2pa\((JumbfNotFound|ProvenanceMissing)\)/.test(text)) return { kind: 'none' };
  if (/^C2pa\(RemoteManifest/.test(text)) return { kind: 'remote' };
  return { kind: 'unreadable', why: text };
}
