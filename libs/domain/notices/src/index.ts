export { NoticeModule } from './notice.module.js';
export { NoticeService } from './notice.service.js';
export { type Addressee, type Notice, NOTICE_KINDS, type NoticeCause, type NoticeKind, type NoticeSlice } from './notice.types.js';
