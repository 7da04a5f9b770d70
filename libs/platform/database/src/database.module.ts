import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { assert } from '@imprimatur/kernel';
import { type Config } from '@imprimatur/platform/config';
import { createDataSource } from './data-source.js';
import { Notifications } from './notifications.js';
import { UnitOfWork } from './unit-of-work.js';

/** Connection, unit of work and notifications of one process. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(Notifications) private readonly notifications: Notifications,
  ) {}

  static forRoot(config: Config, applicationName: string): DynamicModule {
    const url = config.databaseUrl;
    assert(url !== undefined, 'api and worker are given DATABASE_URL by their supervisor or their operator');
    return {
      module: DatabaseModule,
      providers: [
        { provide: DataSource, useFactory: () => createDataSource(url, { poolMax: config.databasePoolMax, applicationName }) },
        {
          provide: Notifications,
          useFactory: async () => {
            const notifications = new Notifications(url, `${applicationName}-listen`);
            await notifications.connect();
            return notifications;
          },
        },
        { provide: UnitOfWork, inject: [DataSource], useFactory: (source: DataSource) => new UnitOfWork(source) },
      ],
      exports: [DataSource, Notifications, UnitOfWork],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.notifications.close();
    if (this.source.isInitialized) await this.source.destroy();
  }
}
