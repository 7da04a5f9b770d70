export { MailFlow } from './mail.flow.js';
export { NotificationFlowModule } from './notification.flow.module.js';
export { WebhookFlow } from './webhook.flow.js';
export { send } from './webhook.sender.js';
