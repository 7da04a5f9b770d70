import { Fault } from '@imprimatur/kernel';
import type { Config } from '@imprimatur/platform/config';
import { createTransport } from 'nodemailer';

export interface Letter {
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
  /** The same for the same letter: a mailbox that gets it twice can tell. */
  readonly id: string;
}

/** Injection token of the process's mailer; null: mail is off. */
export const MAILER = Symbol('Mailer');

export interface Mailer {
  /** Throws Fault MAIL_REFUSED when the server will never take it, and the retryable MAIL_FAILED for everything else. */
  send(letter: Letter): Promise<void>;
  close(): void;
}

const TIMEOUT_MS = 15_000;

/** Null where IMPRIMATUR_SMTP_URL is not set. */
export function mailerOf({ mail }: Pick<Config, 'mail'>): Mailer | null {
  if (!mail) return null;
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  // a letter is text that we write: nothing of it may make the server read a file or fetch an address
  const transport = createTransport({ url: mail.smtpUrl, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  return {
    send: async ({ to, subject, text, id }) => {
      const domain = mail.from.slice(mail.from.lastIndexOf('@') + 1).replace('>', '');
      const envelope = { from: mail.from, to, subject, text, messageId: `<${id}@${domain}>` };
      try {
        await transport.sendMail({ ...envelope, headers: { 'auto-submitted': 'auto-generated' } });
      } catch (cause) {
        throw failed(cause);
      }
    },
    close: () => transport.close(),
  };
}

/** A server's 5yz to the addressee is for good; to a password it is the operator's to mend. The address stays out of logs. */
function failed(cause: unknown): Fault {
  const { code, responseCode } = (typeof cause === 'object' && cause !== null ? cause : {}) as { code?: string; responseCode?: number };
  const isForGood = code === 'EENVELOPE' && responseCode !== undefined && responseCode >= 500;
  return new Fault({
    room: 'mail',
    code: isForGood ? 'MAIL_REFUSED' : 'MAIL_FAILED',
    message: `the mail server did not take a letter (${code ?? 'unknown'}, ${responseCode ?? 'no status'})`,
    retryable: !isForGood,
  });
}
