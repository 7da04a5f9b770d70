import { type Config, loadConfig } from '@imprimatur/platform/config';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { MANIFEST_ENGINE, type ManifestEngine } from './engine/manifest.engine.js';
import { WasmManifestEngine } from './engine/wasm.engine.js';
import { ExportSigner, SIGNING_SETTINGS } from './export.signer.js';
import { ManifestVerifier } from './manifest.verifier.js';
import { TrustStore } from './trust.store.js';

/** Needs the picture threads of the process (ImagesModule). No key is read before the signer is asked to sign. */
@Module({
  providers: [
    { provide: MANIFEST_ENGINE, useFactory: () => new WasmManifestEngine() },
    { provide: SIGNING_SETTINGS, useFactory: (): Config => loadConfig() },
    { provide: TrustStore, useFactory: () => new TrustStore(loadConfig().home) },
    ManifestVerifier,
    ExportSigner,
  ],
  exports: [ManifestVerifier, ExportSigner],
})
export class ProvenanceModule implements OnApplicationShutdown {
  constructor(@Inject(MANIFEST_ENGINE) private readonly engine: ManifestEngine) {}

  async onApplicationShutdown(): Promise<void> {
    await this.engine.close();
  }
}
