import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { Module } from '@nestjs/common';
import { AttestationRepository } from './attestations/attestation.repository.js';
import { AttestationService } from './attestations/attestation.service.js';
import { AmendmentService } from './amendment.service.js';
import { ConsentCopies } from './consent.copies.repository.js';
import { ConsentCover } from './consent.cover.js';
import { ConsentMatcher } from './consent.matcher.js';
import { ConsentRepository } from './consent.repository.js';
import { ConsentService } from './consent.service.js';
import { EvidenceRepository } from './evidence/evidence.repository.js';
import { EvidenceService } from './evidence/evidence.service.js';
import { ReceiptRepository } from './receipts/receipt.repository.js';
import { ReceiptService } from './receipts/receipt.service.js';

@Module({
  imports: [IdentityModule, LedgerModule],
  providers: [
    AmendmentService,
    AttestationRepository,
    AttestationService,
    ConsentCopies,
    ConsentRepository,
    ConsentCover,
    ConsentMatcher,
    ConsentService,
    EvidenceRepository,
    EvidenceService,
    ReceiptRepository,
    ReceiptService,
  ],
  exports: [AmendmentService, AttestationService, ConsentCopies, ConsentService, EvidenceService, ReceiptService],
})
export class ConsentModule {}
