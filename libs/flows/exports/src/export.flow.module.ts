import { AssetModule } from '@imprimatur/domain/assets';
import { ConsentModule } from '@imprimatur/domain/consent';
import { EditingModule } from '@imprimatur/domain/editing';
import { ExportModule } from '@imprimatur/domain/exports';
import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { ProvenanceModule } from '@imprimatur/domain/provenance';
import { ProvidersModule } from '@imprimatur/domain/providers';
import { ReviewModule } from '@imprimatur/domain/review';
import { loadConfig } from '@imprimatur/platform/config';
import { Module } from '@nestjs/common';
import { OriginReader, RootReader } from '@imprimatur/flows/gates';
import { ExportDossierReader } from './export.dossier.js';
import { ExportFlow } from './export.flow.js';
import { ExportGate } from './export.gate.js';
import { EXPORT_RECEIPT_SETTINGS, ExportReceipts } from './export.receipts.js';

/** Needs the process's TrialObserver. */
@Module({
  imports: [
    AssetModule,
    ConsentModule,
    EditingModule,
    ExportModule,
    IdentityModule,
    LedgerModule,
    ModerationModule,
    PoliciesModule,
    ProvenanceModule,
    ProvidersModule,
    ReviewModule,
  ],
  providers: [
    ExportDossierReader,
    ExportGate,
    { provide: EXPORT_RECEIPT_SETTINGS, useFactory: () => ({ waitForWitness: loadConfig().anchoring.exportsWaitForWitness }) },
    ExportReceipts,
    OriginReader,
    RootReader,
    ExportFlow,
  ],
  exports: [ExportFlow],
})
export class ExportFlowModule {}
