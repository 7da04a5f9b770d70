import { NoticeModule as NoticeRoomModule } from '@imprimatur/domain/notices';
import { Module } from '@nestjs/common';
import { NoticeLoader } from './notice.loader.js';
import { NoticeResolver } from './notice.resolver.js';
import { NoticeWatch } from './notice.watch.js';
import { PreferenceResolver } from './preference.resolver.js';

@Module({ imports: [NoticeRoomModule], providers: [NoticeLoader, NoticeResolver, NoticeWatch, PreferenceResolver] })
export class NoticeModule {}
