import { WebhookModule as WebhookRoomModule } from '@imprimatur/domain/webhooks';
import { Module } from '@nestjs/common';
import { DeliveryResolver } from './delivery.resolver.js';
import { AttemptsOfDeliveryLoader, DeliveryLoader, WebhookLoader } from './webhook.loader.js';
import { WebhookResolver } from './webhook.resolver.js';

@Module({
  imports: [WebhookRoomModule],
  providers: [WebhookLoader, DeliveryLoader, AttemptsOfDeliveryLoader, WebhookResolver, DeliveryResolver],
})
export class WebhookModule {}
