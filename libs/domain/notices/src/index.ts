export { NOTICE_CHANNEL, noticeTopic } from './notice.channel.js';
export { MAIL_JOB, NoticeMail } from './notice.mail.js';
export { NoticeModule } from './notice.module.js';
export { NoticeService } from './notice.service.js';
export {
  type Addressee,
  type Notice,
  NOTICE_CHANNELS,
  NOTICE_KINDS,
  type NoticeCause,
  type NoticeChannel,
  type NoticeKind,
  type NoticePreferences,
  type NoticeSlice,
} from './notice.types.js';
export { type PreferenceRefusal, PreferenceService } from './preference.service.js';
