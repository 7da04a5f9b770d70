import { IdentityModule } from '@imprimatur/domain/identity';
import { DataKeyTables, LedgerModule } from '@imprimatur/domain/ledger';
import { loadConfig } from '@imprimatur/platform/config';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { DeliveryRepository } from './delivery.repository.js';
import { DeliveryService } from './delivery.service.js';
import { WebhookDoors } from './webhook.doors.js';
import { WebhookRepository } from './webhook.repository.js';
import { MAY_REACH_ITSELF, WebhookService } from './webhook.service.js';

@Module({
  imports: [IdentityModule, JobsModule, LedgerModule],
  providers: [
    { provide: MAY_REACH_ITSELF, useFactory: () => loadConfig().mode === 'development' },
    WebhookRepository,
    DeliveryRepository,
    WebhookDoors,
    WebhookService,
    DeliveryService,
  ],
  exports: [WebhookService, DeliveryService],
})
export class WebhookModule {
  constructor(keys: DataKeyTables) {
    keys.register({ table: 'webhook', key: [{ column: 'id', type: 'uuid' }], wrapped: 'wrapped_key' });
  }
}
