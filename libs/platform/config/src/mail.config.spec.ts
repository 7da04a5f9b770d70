import { loadConfig } from './config';

describe('mail', () => {
  it('is off by default', () => expect(loadConfig({}).mail).toBeUndefined());

  it('needs a server and a sender', () => {
    const given = {
      IMPRIMATUR_SMTP_URL: 'smtps://user:secret@mail.example.org:465',
      IMPRIMATUR_MAIL_FROM: 'Imprimatur <no-reply@example.org>',
    };
    expect(loadConfig(given).mail).toEqual({ smtpUrl: given.IMPRIMATUR_SMTP_URL, from: given.IMPRIMATUR_MAIL_FROM });
    expect(() => loadConfig({ IMPRIMATUR_SMTP_URL: given.IMPRIMATUR_SMTP_URL })).toThrow(/IMPRIMATUR_MAIL_FROM/);
  });

  it.each([
    { IMPRIMATUR_SMTP_URL: 'https://mail.example.org', IMPRIMATUR_MAIL_FROM: 'a@example.org' },
    { IMPRIMATUR_SMTP_URL: 'smtp://mail.example.org', IMPRIMATUR_MAIL_FROM: 'a@example.org\r\nbcc: b@example.org' },
    { IMPRIMATUR_SMTP_URL: 'smtp://mail.example.org', IMPRIMATUR_MAIL_FROM: 'nobody' },
  ])('does not take %j', (given) => expect(() => loadConfig(given)).toThrow());
});
