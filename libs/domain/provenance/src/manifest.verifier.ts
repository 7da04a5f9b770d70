import { ed25519Verify, hmacSha256, sha256 } from '@imprimatur/domain/ledger';
import type { ReceiptTools } from '@imprimatur/formats/ledger';
import { type BoundPixels, type Examination, examineFile, type VerificationReport } from '@imprimatur/formats/manifest';
import { Fault } from '@imprimatur/kernel';
import { Pictures } from '@imprimatur/platform/images';
import { Inject, Injectable } from '@nestjs/common';
import { MANIFEST_ENGINE, type ManifestEngine } from './engine/manifest.engine.js';
import { logKeysOf, type Trust, TrustStore } from './trust.store.js';

/** Says of any file what `imprimatur verify` says of it. */
@Injectable()
export class ManifestVerifier {
  constructor(
    @Inject(MANIFEST_ENGINE) private readonly engine: ManifestEngine,
    private readonly pictures: Pictures,
    private readonly trust: TrustStore,
  ) {}

  /** Against this installation's own trust, or another verifier's. Throws what engine and pictures throw when they are busy or crash. */
  async verify(bytes: Uint8Array, trust?: Trust, signal?: AbortSignal): Promise<VerificationReport> {
    return (await this.examine(bytes, trust, signal)).report;
  }

  /** Like `verify`, with what the manifest says. */
  async examine(bytes: Uint8Array, trust: Trust = this.trust.read(), signal?: AbortSignal): Promise<Examination> {
    return examineFile(bytes, {
      readStore: (file, mediaType) => this.engine.read(file, mediaType, trust, signal),
      digestPixels: (file) => this.digestPixels(file, signal),
      receipts: receiptTools(trust),
    });
  }

  private async digestPixels(file: Uint8Array, signal: AbortSignal | undefined): Promise<BoundPixels | null> {
    try {
      return await this.pictures.pixelDigest(file, signal);
    } catch (error) {
      if (error instanceof Fault && error.code === 'PICTURE_NOT_DECODABLE') return null;
      throw error;
    }
  }
}

export function receiptTools(trust: Trust): ReceiptTools {
  return { sha256, hmacSha256, ed25519Verify, logKeys: logKeysOf(trust) };
}
