import { DataKeyTables, LedgerModule } from '@imprimatur/domain/ledger';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { ClarificationRepository } from './clarification.repository.js';
import { EditingCopies } from './editing.copies.repository.js';
import { EditingService } from './editing.service.js';
import { ItemMover } from './item.mover.js';
import { MaskRepository } from './mask.repository.js';
import { PaceRepository } from './pace.repository.js';
import { SessionRepository } from './session.repository.js';
import { TurnRepository } from './turn.repository.js';
import { TurnSeal } from './turn.seal.js';
import { TurnSubmitter } from './turn.submitter.js';
import { VerdictRepository } from './verdict.repository.js';

const repositories = [SessionRepository, MaskRepository, TurnRepository, VerdictRepository, ClarificationRepository, PaceRepository];

@Module({
  imports: [LedgerModule, JobsModule],
  providers: [...repositories, EditingCopies, TurnSeal, ItemMover, TurnSubmitter, EditingService],
  exports: [EditingCopies, EditingService],
})
export class EditingModule {
  constructor(keys: DataKeyTables) {
    keys.register({ table: 'turn', key: [{ column: 'id', type: 'uuid' }], wrapped: 'data_key' });
  }
}
