import type { Config } from '@imprimatur/platform/config';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Pictures } from './pictures.js';
import type { PictureLimits } from './picture.types.js';

const DECODE_TIMEOUT_SECONDS = 20;

/** The limits of uploads as configured. */
export function pictureLimits(config: Pick<Config, 'upload'>): PictureLimits {
  return { bytesMax: config.upload.bytesMax, pixelsMax: config.upload.pixelsMax, decodeTimeoutSeconds: DECODE_TIMEOUT_SECONDS };
}

/** The picture threads of one process. */
@Global()
@Module({})
export class ImagesModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: ImagesModule,
      providers: [{ provide: Pictures, useFactory: () => new Pictures({ limits: pictureLimits(config) }) }],
      exports: [Pictures],
    };
  }
}
