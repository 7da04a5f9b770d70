import { z } from 'zod';

/** Both or neither: mail is off by default. */
export const mailSchema = {
  /** `smtps://user:password@host:465`, or `smtp://host:587`, which turns to TLS where the server offers it. */
  IMPRIMATUR_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** `name@example.org` or `Imprimatur <name@example.org>`. */
  IMPRIMATUR_MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>\r\n"]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/)
    .optional(),
  /** Where people find the service; mails lead there. */
  IMPRIMATUR_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
};

type Variables = z.infer<z.ZodObject<typeof mailSchema>>;

export interface MailConfig {
  readonly smtpUrl: string;
  readonly from: string;
}

export function mailRules(value: Variables, refinement: z.RefinementCtx): void {
  if (value.IMPRIMATUR_SMTP_URL !== undefined && value.IMPRIMATUR_MAIL_FROM === undefined)
    refinement.addIssue({ code: 'custom', path: ['IMPRIMATUR_MAIL_FROM'], message: 'needed by IMPRIMATUR_SMTP_URL' });
}

/** Of values that `mailRules` found no fault with; undefined: mail is off. */
export function mailOf({ IMPRIMATUR_SMTP_URL: smtpUrl, IMPRIMATUR_MAIL_FROM: from }: Variables): MailConfig | undefined {
  return smtpUrl !== undefined && from !== undefined ? { smtpUrl, from } : undefined;
}
