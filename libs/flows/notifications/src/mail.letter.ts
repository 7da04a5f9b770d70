import type { Notice, NoticeKind } from '@imprimatur/domain/notices';
import { toPublicId } from '@imprimatur/kernel';
import type { Letter } from '@imprimatur/platform/mail';

/** Kind of what a notice is about, and what happened to it, in the words of the mail. */
const WORDS: Readonly<Record<NoticeKind, readonly [string, string]>> = {
  'consent-withdrawn': ['consent', 'A consent was withdrawn'],
  'consent-expired': ['consent', 'A consent has run out'],
  'consent-expiring': ['consent', 'A consent runs out soon'],
  'consent-narrowed': ['consent', 'The terms of a consent cover less than before'],
  recalled: ['recall', 'Something that you exported or published is recalled'],
  'attestation-ended': ['attestation', 'An attestation of a face was ended'],
  'task-breached': ['task', 'A review is overdue'],
  'task-delegated': ['task', 'A review was handed to you'],
  'webhook-disabled': ['webhook', 'A webhook was disabled'],
};

/** Ids and one link: whoever may see more signs in for it. No prompt, no picture, no name. */
export function letterOf(notice: Notice, to: string, publicUrl: string | undefined): Letter {
  const [kind, happened] = WORDS[notice.kind];
  const id = toPublicId('notice', notice.id);
  const lines = [
    `${happened}.`,
    '',
    `${kind}_${notice.about}`,
    ...(notice.daysLeft === null ? [] : [`days left: ${notice.daysLeft}`]),
    ...(notice.until === null ? [] : [`until: ${notice.until.toISOString()}`]),
    ...notice.exports.map((each) => toPublicId('export', each)),
    '',
    `Notice: ${id}`,
    ...(publicUrl === undefined ? [] : [publicUrl]),
    '',
    'You get this because you asked for mails of this kind: setNotificationPreferences ends them.',
  ];
  return { to, subject: `Imprimatur: ${happened.toLowerCase()}`, text: `${lines.join('\n')}\n`, id };
}
