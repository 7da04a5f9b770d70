import { AssetModule } from '@imprimatur/domain/assets';
import { ConsentModule } from '@imprimatur/domain/consent';
import { EditingModule } from '@imprimatur/domain/editing';
import { ExportModule } from '@imprimatur/domain/exports';
import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { NoticeModule } from '@imprimatur/domain/notices';
import { ReviewModule } from '@imprimatur/domain/review';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { AmendmentFlow } from './amendment.flow.js';
import { ConsentFlow } from './consent.flow.js';
import { ConsentImport } from './consent.import.js';
import { ConsentReach } from './consent.reach.js';
import { ConsentWarnings } from './consent.warnings.js';
import { EvidenceFlow } from './evidence.flow.js';
import { PictureUses } from './picture.uses.js';
import { ReceiptFlow } from './receipt.flow.js';
import { Takedown } from './takedown.js';
import { WithdrawalFlow } from './withdrawal.flow.js';

@Module({
  imports: [
    AssetModule,
    ConsentModule,
    EditingModule,
    ExportModule,
    IdentityModule,
    JobsModule,
    LedgerModule,
    ModerationModule,
    NoticeModule,
    ReviewModule,
  ],
  providers: [
    AmendmentFlow,
    EvidenceFlow,
    PictureUses,
    ConsentFlow,
    ConsentImport,
    ConsentReach,
    ConsentWarnings,
    ReceiptFlow,
    Takedown,
    WithdrawalFlow,
  ],
  exports: [AmendmentFlow, EvidenceFlow, ConsentFlow, ConsentImport, ConsentWarnings, ReceiptFlow, Takedown, WithdrawalFlow],
})
export class ConsentFlowModule {}
