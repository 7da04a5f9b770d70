import { IdentityModule } from '@imprimatur/domain/identity';
import { Module } from '@nestjs/common';
import { NoticeRepository } from './notice.repository.js';
import { NoticeService } from './notice.service.js';

@Module({ imports: [IdentityModule], providers: [NoticeRepository, NoticeService], exports: [NoticeService] })
export class NoticeModule {}
