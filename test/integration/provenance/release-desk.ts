import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ExportSigner,
  type IngredientFile,
  ManifestVerifier,
  type SignedExport,
  TrustStore,
  WasmManifestEngine,
} from '@imprimatur/domain/provenance';
import { exportBinding, type ExportManifestInput, type ManifestFormat } from '@imprimatur/formats/manifest';
import { newId, toHex } from '@imprimatur/kernel';
import { Pictures } from '@imprimatur/platform/images';
import sharp from 'sharp';
import { manifestInput } from './manifest.input';
import { MemoryLog } from './memory.log';

/** A picture that compresses like a photograph does: smooth, with an edge in it. */
export function makePicture(format: ManifestFormat, seed = 1, width = 96): Promise<Buffer> {
  const height = Math.round((width * 2) / 3);
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set([(x * 2 + seed * 31) & 255, (y * 3) & 255, x > y + seed ? 200 : 40], (y * width + x) * 3);
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .withIccProfile('srgb')
    .toFormat(format)
    .toBuffer();
}

/** Everything that stands between a released version and a file that may leave, without database and job queue. */
export class ReleaseDesk {
  readonly home = mkdtempSync(join(tmpdir(), 'imprimatur-provenance-'));
  readonly trust = new TrustStore(this.home);
  readonly engine = new WasmManifestEngine({ threads: 1 });
  readonly pictures = new Pictures({ limits: { bytesMax: 50_000_000, pixelsMax: 20_000_000, decodeTimeoutSeconds: 20 }, threads: 1 });
  readonly verifier = new ManifestVerifier(this.engine, this.pictures, this.trust);
  readonly signer = new ExportSigner(this.engine, this.verifier, this.pictures, this.trust, { mode: 'test', home: this.home });
  readonly log = new MemoryLog(this.home);

  /** Records a release and a rendering of `file`, and answers what its manifest is to say. */
  async input(file: Uint8Array, format: ManifestFormat): Promise<ExportManifestInput> {
    const version = newId('version');
    const about = [{ kind: 'version', id: version }];
    const released = this.log.append('version.released', about, { picture: hash('sha256', file, 'buffer') });
    const binding = exportBinding({
      version,
      format,
      recipe: { format },
      unsignedSha256: toHex(hash('sha256', file, 'buffer')),
      pixels: await this.pictures.pixelDigest(file),
    });
    const rendered = this.log.append('export.rendered', about, { binding });
    const receipts = { released: this.log.receipt(released, ['picture']), rendered: this.log.receipt(rendered, ['binding']) };
    return manifestInput(format, version, receipts);
  }

  async signed(format: ManifestFormat, file?: Uint8Array, parent?: IngredientFile): Promise<SignedExport> {
    const picture = file ?? (await makePicture(format));
    return this.signer.sign(await this.input(picture, format), picture, [
      parent ?? { id: 'parent', format: 'png', bytes: await makePicture('png', 7) },
    ]);
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.pictures.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}
