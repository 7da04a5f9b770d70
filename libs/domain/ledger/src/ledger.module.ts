import { type Config, loadConfig } from '@imprimatur/platform/config';
import { KEY_PROVIDER, type KeyProvider, keyProviderOf } from '@imprimatur/platform/keys';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { AnchorRepository } from './anchor.repository.js';
import { Anchors } from './anchors.js';
import { AssetTrail } from './asset.trail.js';
import { AssetTrailRepository } from './asset.trail.repository.js';
import { EntryRepository } from './entry.repository.js';
import { EventSearch } from './event.search.js';
import { EventSearchRepository } from './event.search.repository.js';
import { EventStream } from './event.stream.js';
import { EventStreamRepository } from './event.stream.repository.js';
import { keyLock } from './key.lock.js';
import { KeyRotationRepository } from './key-rotation.repository.js';
import { KeyRotation } from './key.rotation.js';
import { LogAccesses } from './ledger.access.js';
import { LogAccessRepository } from './ledger.access.repository.js';
import { Disclosure } from './ledger.disclosure.js';
import { LedgerReader } from './ledger.reader.js';
import { LogStandingRepository } from './log-standing.repository.js';
import { Ledger } from './ledger.js';
import { PayloadCopies } from './payload.copies.repository.js';
import { ReaderRepository } from './reader.repository.js';
import { Sealing } from './sealing.js';
import { SubjectKeyRepository } from './subject-key.repository.js';

/** Writing and reading. The sequencer and its signer are started by the worker, by hand. */
@Module({
  imports: [JobsModule],
  providers: [
    AnchorRepository,
    Anchors,
    EntryRepository,
    ReaderRepository,
    SubjectKeyRepository,
    { provide: KEY_PROVIDER, useFactory: () => providerOf(loadConfig()) },
    KeyRotationRepository,
    KeyRotation,
    Sealing,
    Ledger,
    LedgerReader,
    LogStandingRepository,
    AssetTrailRepository,
    AssetTrail,
    EventSearchRepository,
    EventSearch,
    EventStreamRepository,
    EventStream,
    LogAccessRepository,
    LogAccesses,
    Disclosure,
    PayloadCopies,
  ],
  exports: [
    KeyRotation,
    Ledger,
    LedgerReader,
    LogStandingRepository,
    Sealing,
    AssetTrail,
    EventSearch,
    EventStream,
    LogAccesses,
    Disclosure,
    PayloadCopies,
  ],
})
export class LedgerModule implements OnApplicationShutdown {
  constructor(@Inject(KEY_PROVIDER) private readonly keys: KeyProvider) {}

  async onApplicationShutdown(): Promise<void> {
    await this.keys.close();
  }
}

function providerOf(config: Config): KeyProvider {
  return keyProviderOf(config, keyLock(config.databaseUrl));
}
