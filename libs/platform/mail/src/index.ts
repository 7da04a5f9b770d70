export { MailModule } from './mail.module.js';
export { type Letter, MAILER, type Mailer, mailerOf } from './mailer.js';
