export { DeliveryRepository } from './delivery.repository.js';
export { DELIVERY_JOB, DeliveryService, type Prepared } from './delivery.service.js';
export { WebhookDoors } from './webhook.doors.js';
export { WebhookModule } from './webhook.module.js';
export type { WebhookRefusal } from './webhook.refusals.js';
export { WebhookRepository } from './webhook.repository.js';
export { WEBHOOK_TYPES } from './webhook.rules.js';
export { type CreatedWebhook, WebhookService } from './webhook.service.js';
export type {
  Delivery,
  DeliveryAttempt,
  DeliveryPage,
  DeliveryState,
  DisabledFor,
  NewWebhook,
  SendOutcome,
  Webhook,
  WebhookKind,
  WebhookSlice,
} from './webhook.types.js';
