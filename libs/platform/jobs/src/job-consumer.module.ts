import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Notifications } from '@imprimatur/platform/database';
import { JobConsumer, type JobReporter } from './job.consumer.js';

/** The consumer of one worker; it takes nothing before `start`. */
@Module({})
export class JobConsumerModule {
  static forRoot(report: JobReporter): DynamicModule {
    const consumer = {
      provide: JobConsumer,
      inject: [DataSource, Notifications],
      useFactory: (source: DataSource, notifications: Notifications) => new JobConsumer(source, notifications, report),
    };
    return { module: JobConsumerModule, providers: [consumer], exports: [JobConsumer] };
  }
}
