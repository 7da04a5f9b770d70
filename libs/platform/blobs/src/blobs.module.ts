import { join } from 'node:path';
import type { Config } from '@imprimatur/platform/config';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { BLOB_STORE } from './blob-store.js';
import { FolderBlobStore } from './folder.blob-store.js';

/** The store of one process: `<home>/blobs`. */
@Global()
@Module({})
export class BlobsModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: BlobsModule,
      providers: [{ provide: BLOB_STORE, useFactory: () => new FolderBlobStore(join(config.home, 'blobs')) }],
      exports: [BLOB_STORE],
    };
  }
}
