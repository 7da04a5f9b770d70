import { ExportModule } from '@imprimatur/domain/exports';
import { LocalPictureEngine, ModerationModule, PictureEngine } from '@imprimatur/domain/moderation';
import { ProviderEnginesModule } from '@imprimatur/domain/providers';
import { ProvenanceModule } from '@imprimatur/domain/provenance';
import { ConsentFlowModule } from '@imprimatur/flows/consents';
import { ErasureFlowModule } from '@imprimatur/flows/erasure';
import { ExportFlowModule } from '@imprimatur/flows/exports';
import { GatesModule } from '@imprimatur/flows/gates';
import { QuarantineFlowModule } from '@imprimatur/flows/quarantine';
import { SimulationFlowModule } from '@imprimatur/flows/simulation';
import { BlobsModule } from '@imprimatur/platform/blobs';
import type { Config } from '@imprimatur/platform/config';
import { DatabaseModule } from '@imprimatur/platform/database';
import { ImagesModule } from '@imprimatur/platform/images';
import { JobConsumerModule } from '@imprimatur/platform/jobs';
import type { Logger } from '@imprimatur/platform/telemetry';
import { type DynamicModule, Global, Module } from '@nestjs/common';

/** The picture engines of this process; warmed up when the worker starts. */
@Global()
@Module({ providers: [{ provide: PictureEngine, useFactory: () => new LocalPictureEngine() }], exports: [PictureEngine] })
class EngineModule {}

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
        EngineModule,
        ModerationModule,
        ProvenanceModule,
        ExportModule,
        GatesModule,
        SimulationFlowModule,
        ExportFlowModule,
        ErasureFlowModule,
        ConsentFlowModule,
        QuarantineFlowModule,
      ],
    };
  }
}
