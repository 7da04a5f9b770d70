import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { Module } from '@nestjs/common';
import { ConsentCopies } from './consent.copies.repository.js';
import { ConsentCover } from './consent.cover.js';
import { ConsentMatcher } from './consent.matcher.js';
import { ConsentRepository } from './consent.repository.js';
import { ConsentService } from './consent.service.js';

@Module({
  imports: [IdentityModule, LedgerModule],
  providers: [ConsentCopies, ConsentRepository, ConsentCover, ConsentMatcher, ConsentService],
  exports: [ConsentCopies, ConsentService],
})
export class ConsentModule {}
