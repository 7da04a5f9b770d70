import { DataKeyTables, LedgerModule } from '@imprimatur/domain/ledger';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { KnownPictureRepository } from './bank/known-picture.repository.js';
import { PictureBank } from './bank/picture.bank.js';
import { ScreeningCopies } from './screening.copies.repository.js';
import { ScreeningRepository } from './screening.repository.js';
import { ScreeningService } from './screening.service.js';

/** The engines are not in it: the worker makes them, and the api has none. */
@Module({
  imports: [LedgerModule, JobsModule],
  providers: [KnownPictureRepository, PictureBank, ScreeningCopies, ScreeningRepository, ScreeningService],
  exports: [PictureBank, ScreeningCopies, ScreeningService],
})
export class ModerationModule {
  constructor(keys: DataKeyTables) {
    keys.register({ table: 'screening', key: [{ column: 'version', type: 'uuid' }], wrapped: 'words_key' });
  }
}
