import { type Config, loadConfig } from '@imprimatur/platform/config';
import { KEY_PROVIDER, type KeyProvider, keyProviderOf } from '@imprimatur/platform/keys';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { AnchorRepository } from './anchoring/anchor.repository.js';
import { Anchors } from './anchoring/anchors.js';
import { AssetTrail } from './reading/asset.trail.js';
import { AssetTrailRepository } from './reading/asset.trail.repository.js';
import { EntryRepository } from './writing/entry.repository.js';
import { EventSearch } from './reading/event.search.js';
import { EventSearchRepository } from './reading/event.search.repository.js';
import { EventStream } from './reading/event.stream.js';
import { EventStreamRepository } from './reading/event.stream.repository.js';
import { keyLock } from './sealing/key.lock.js';
import { DataKeyRepository } from './sealing/data-key.repository.js';
import { DataKeyRotation } from './sealing/data-key.rotation.js';
import { DataKeyTables } from './sealing/data-key.tables.js';
import { KeyRotationRepository } from './sealing/key-rotation.repository.js';
import { KeyRotation } from './sealing/key.rotation.js';
import { LogAccesses } from './access/ledger.access.js';
import { LogAccessRepository } from './access/ledger.access.repository.js';
import { Disclosure } from './access/ledger.disclosure.js';
import { LedgerReader } from './reading/ledger.reader.js';
import { LogStandingRepository } from './anchoring/log-standing.repository.js';
import { Ledger } from './writing/ledger.js';
import { PayloadCopies } from './sealing/payload.copies.repository.js';
import { ReaderRepository } from './reading/reader.repository.js';
import { SettledPositions } from './reading/settled.positions.js';
import { SettledPositionsRepository } from './reading/settled.positions.repository.js';
import { Sealing } from './sealing/sealing.js';
import { SubjectKeyRepository } from './sealing/subject-key.repository.js';

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
    DataKeyRepository,
    DataKeyTables,
    DataKeyRotation,
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
    SettledPositionsRepository,
    SettledPositions,
    EventStreamRepository,
    EventStream,
    LogAccessRepository,
    LogAccesses,
    Disclosure,
    PayloadCopies,
  ],
  exports: [
    DataKeyTables,
    KeyRotation,
    Ledger,
    LedgerReader,
    LogStandingRepository,
    Sealing,
    AssetTrail,
    EventSearch,
    SettledPositions,
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
