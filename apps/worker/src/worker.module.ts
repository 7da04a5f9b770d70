import { ExportModule } from '@imprimatur/domain/exports';
import { configuredModerators, LocalPictureEngine, ModerationModule, Moderators, PictureEngine } from '@imprimatur/domain/moderation';
import { ProviderEnginesModule } from '@imprimatur/domain/providers';
import { ProvenanceModule } from '@imprimatur/domain/provenance';
import { ConsentFlowModule } from '@imprimatur/flows/consents';
import { ErasureFlowModule } from '@imprimatur/flows/erasure';
import { ExportFlowModule } from '@imprimatur/flows/exports';
import { DecisionsModule, GatesModule, TrialModule } from '@imprimatur/flows/gates';
import { NotificationFlowModule } from '@imprimatur/flows/notifications';
import { QuarantineFlowModule } from '@imprimatur/flows/quarantine';
import { RecallFlowModule } from '@imprimatur/flows/recalls';
import { QueueFlowModule } from '@imprimatur/flows/queues';
import { SimulationFlowModule } from '@imprimatur/flows/simulation';
import { BlobsModule } from '@imprimatur/platform/blobs';
import type { Config } from '@imprimatur/platform/config';
import { DatabaseModule } from '@imprimatur/platform/database';
import { ImagesModule, Pictures } from '@imprimatur/platform/images';
import { JobConsumerModule } from '@imprimatur/platform/jobs';
import { MailModule } from '@imprimatur/platform/mail';
import type { Logger } from '@imprimatur/platform/telemetry';
import { type DynamicModule, Global, Module } from '@nestjs/common';

/** The picture engines of this process, warmed up when the worker starts, and the moderators that are asked beside them. */
@Global()
@Module({})
class EngineModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    const report = (error: unknown, moderator: string): void => logger.warn({ err: error, moderator }, 'a moderator did not judge');
    return {
      module: EngineModule,
      providers: [
        { provide: PictureEngine, useFactory: () => new LocalPictureEngine() },
        {
          provide: Moderators,
          useFactory: (pictures: Pictures) => configuredModerators(config.moderators, pictures, report),
          inject: [Pictures],
        },
      ],
      exports: [PictureEngine, Moderators],
    };
  }
}

@Module({})
export class WorkerModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        DatabaseModule.forRoot(config, 'imprimatur-worker'),
        BlobsModule.forRoot(config),
        ImagesModule.forRoot(config),
        ProviderEnginesModule.forRoot(config),
        JobConsumerModule.forRoot(({ job, error, willRetry }) =>
          logger.error({ err: error, willRetry, ...(job && { job: job.id, kind: job.kind, attempt: job.attempt }) }, 'a job went wrong'),
        ),
        EngineModule.forRoot(config, logger),
        TrialModule.forRoot((error, bundle) => logger.warn({ err: error, bundle }, 'a bundle on trial could not be asked')),
        MailModule.forRoot(config),
        ModerationModule,
        ProvenanceModule,
        ExportModule,
        GatesModule,
        DecisionsModule,
        SimulationFlowModule,
        ExportFlowModule,
        ErasureFlowModule,
        ConsentFlowModule,
        QuarantineFlowModule,
        RecallFlowModule,
        NotificationFlowModule,
        QueueFlowModule,
      ],
    };
  }
}
