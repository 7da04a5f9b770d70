import { join } from 'node:path';
import { loadConfig } from '@imprimatur/platform/config';
import { FileKeyProvider, KEY_PROVIDER } from '@imprimatur/platform/keys';
import { Module } from '@nestjs/common';
import { EntryRepository } from './entry.repository.js';
import { LedgerReader } from './ledger.reader.js';
import { Ledger } from './ledger.js';
import { ReaderRepository } from './reader.repository.js';
import { Sealing } from './sealing.js';
import { SubjectKeyRepository } from './subject-key.repository.js';

/** Writing and reading. The sequencer and its signer are started by the worker, by hand. */
@Module({
  providers: [
    EntryRepository,
    ReaderRepository,
    SubjectKeyRepository,
    { provide: KEY_PROVIDER, useFactory: () => new FileKeyProvider(join(loadConfig().home, 'keys', 'master.key')) },
    Sealing,
    Ledger,
    LedgerReader,
  ],
  exports: [Ledger, LedgerReader, Sealing],
})
export class LedgerModule {}
