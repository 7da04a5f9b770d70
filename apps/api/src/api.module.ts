import type { Config } from '@imprimatur/platform/config';
import { BlobsModule } from '@imprimatur/platform/blobs';
import { DatabaseModule } from '@imprimatur/platform/database';
import { ImagesModule } from '@imprimatur/platform/images';
import type { Logger } from '@imprimatur/platform/telemetry';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { AcknowledgementModule } from './acknowledgement/acknowledgement.module.js';
import { ApiKeyModule } from './api-key/api-key.module.js';
import { AssetModule } from './asset/asset.module.js';
import { AttestationModule } from './attestation/attestation.module.js';
import { ConsentModule } from './consent/consent.module.js';
import { DoorModule } from './door/door.module.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { ExportModule } from './export/export.module.js';
import { HoldModule } from './hold/hold.module.js';
import { KnownPictureModule } from './known-picture/known-picture.module.js';
import { KeyModule } from './key/key.module.js';
import { LedgerModule } from './ledger/ledger.module.js';
import { MemberModule } from './member/member.module.js';
import { ExceptionModule } from './exception/exception.module.js';
import { PolicyModule } from './policy/policy.module.js';
import { ProcessModule } from './process.module.js';
import { PublicationModule } from './publication/publication.module.js';
import { QuarantineModule } from './quarantine/quarantine.module.js';
import { NoticeModule } from './notice/notice.module.js';
import { RecallModule } from './recall/recall.module.js';
import { ReceiptModule } from './receipt/receipt.module.js';
import { ReconciliationModule } from './reconciliation/reconciliation.module.js';
import { ReviewModule } from './review/review.module.js';
import { SessionModule } from './session/session.module.js';
import { ShellModule } from './shell/shell.module.js';
import { SignatureModule } from './signature/signature.module.js';
import { SimulationModule } from './simulation/simulation.module.js';
import { TenantModule } from './tenant/tenant.module.js';
import { PolicyTrialModule } from './trial/trial.module.js';
import { TrainingModule } from './training/training.module.js';
import { TurnModule } from './turn/turn.module.js';
import { VendorTermsModule } from './vendor-terms/vendor-terms.module.js';
import { WebhookModule } from './webhook/webhook.module.js';
import { ViewerModule } from './viewer/viewer.module.js';

/** The nouns of the API, each with its .graphql, resolver, mapper and loader. A new one gets its row here. */
export const NOUNS: readonly Type[] = [
  ViewerModule,
  TenantModule,
  MemberModule,
  ApiKeyModule,
  SignatureModule,
  AssetModule,
  SessionModule,
  TurnModule,
  ConsentModule,
  AttestationModule,
  ReceiptModule,
  NoticeModule,
  WebhookModule,
  PolicyModule,
  PolicyTrialModule,
  ExceptionModule,
  VendorTermsModule,
  AcknowledgementModule,
  TrainingModule,
  SimulationModule,
  KnownPictureModule,
  QuarantineModule,
  PublicationModule,
  RecallModule,
  ReviewModule,
  ExportModule,
  LedgerModule,
  KeyModule,
  ReconciliationModule,
  HoldModule,
  ErasureModule,
];

@Module({})
export class ApiModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        ProcessModule.forRoot(config, logger),
        DatabaseModule.forRoot(config, 'imprimatur-api'),
        BlobsModule.forRoot(config),
        ImagesModule.forRoot(config),
        DoorModule.forRoot(),
        ShellModule,
        ...NOUNS,
      ],
    };
  }
}
