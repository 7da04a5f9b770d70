import { z } from 'zod';

const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const ORIGIN = /^(https?):\/\/([a-z0-9.-]+)(?::\d{1,5})?$/;
const COOLING_MINUTES_MAX = 30 * 24 * 60;

/** Variables about what people sign with, and when a role that was granted counts. */
export const peopleSchema = {
  /** The domain that authenticators are enrolled for; whoever changes it has everybody enrol anew. */
  IMPRIMATUR_WEBAUTHN_RP_ID: z.string().max(253).regex(HOST, 'must be a domain in lower case, without scheme and port').optional(),
  /** Pages on which people sign, separated by commas. */
  IMPRIMATUR_WEBAUTHN_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(z.string().regex(ORIGIN, 'must be origins such as https://console.example, separated by commas')))
    .optional(),
  /** How long after its confirmation a privileged role may not activate policies, approve exceptions or decide reviews. */
  IMPRIMATUR_GRANT_COOLING_MINUTES: z.coerce.number().int().min(0).max(COOLING_MINUTES_MAX).default(0),
};

type Variables = z.infer<z.ZodObject<typeof peopleSchema>>;

export interface WebauthnConfig {
  readonly rpId: string;
  readonly origins: readonly string[];
}

/** Every origin must be the domain's own, or the browser would refuse what the service expects. */
export function peopleRules(
  { IMPRIMATUR_WEBAUTHN_RP_ID: id, IMPRIMATUR_WEBAUTHN_ORIGINS: origins }: Variables,
  refinement: z.RefinementCtx,
): void {
  const rpId = id ?? 'localhost';
  for (const origin of origins ?? []) {
    const [, scheme, host = ''] = ORIGIN.exec(origin) ?? [];
    const isOwn = (host === rpId || host.endsWith(`.${rpId}`)) && (scheme === 'https' || rpId === 'localhost');
    if (!isOwn) {
      const message = `${origin} is not of ${rpId} by https (http serves for localhost only)`;
      refinement.addIssue({ code: 'custom', path: ['IMPRIMATUR_WEBAUTHN_ORIGINS'], message });
    }
  }
}

/** Null in production where nothing is configured: nobody enrols for a domain that was guessed. */
export function webauthnOf(value: Variables, mode: string, port: number): WebauthnConfig | null {
  const { IMPRIMATUR_WEBAUTHN_RP_ID: id, IMPRIMATUR_WEBAUTHN_ORIGINS: origins } = value;
  if (id === undefined && mode === 'production') return null;
  const rpId = id ?? 'localhost';
  return { rpId, origins: origins ?? [rpId === 'localhost' ? `http://localhost:${port}` : `https://${rpId}`] };
}
