import { IdentityModule } from '@imprimatur/domain/identity';
import { NoticeModule } from '@imprimatur/domain/notices';
import { WebhookModule } from '@imprimatur/domain/webhooks';
import { loadConfig } from '@imprimatur/platform/config';
import { Module } from '@nestjs/common';
import { MailFlow, PUBLIC_URL } from './mail.flow.js';
import { WebhookFlow } from './webhook.flow.js';

/** Needs the process's mailer (MailModule). */
@Module({
  imports: [IdentityModule, NoticeModule, WebhookModule],
  providers: [{ provide: PUBLIC_URL, useFactory: () => loadConfig().publicUrl }, MailFlow, WebhookFlow],
  exports: [MailFlow, WebhookFlow],
})
export class NotificationFlowModule {}
