import { IdentityModule } from '@imprimatur/domain/identity';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { NoticeMail } from './notice.mail.js';
import { NoticeRepository } from './notice.repository.js';
import { NoticeService } from './notice.service.js';
import { PreferenceRepository } from './preference.repository.js';
import { PreferenceService } from './preference.service.js';

@Module({
  imports: [IdentityModule, JobsModule],
  providers: [NoticeRepository, PreferenceRepository, NoticeMail, NoticeService, PreferenceService],
  exports: [NoticeMail, NoticeService, PreferenceService],
})
export class NoticeModule {}
