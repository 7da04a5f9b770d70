import type { Clock } from '@imprimatur/kernel';
import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import { ask } from './moderator.exchange.js';
import { moderatorRefused } from './moderator.faults.js';

/** The part of a service account's key file that is used. */
export interface ServiceAccount {
  readonly clientEmail: string;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  /** Id of the key; null: not told. */
  readonly keyId: string | null;
  readonly tokenUri: string;
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_SECONDS = 3_600;
/** A token that ends sooner than this is not used any more. */
const MARGIN_MS = 60_000;

const answer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** Access tokens of a service account (RFC 7523), each used until shortly before it ends. */
export class GoogleTokens {
  private current: { readonly token: string; readonly until: number } | null = null;

  constructor(
    private readonly account: ServiceAccount,
    private readonly name: string,
    private readonly clock: Clock,
  ) {}

  async token(timeoutMs: number): Promise<string> {
    const now = this.clock.now().getTime();
    if (this.current !== null && this.current.until > now) return this.current.token;
    const { access_token: token, expires_in: seconds } = await ask(answer, {
      name: this.name,
      url: this.account.tokenUri,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT, assertion: await this.assertion(now) }).toString(),
      timeoutMs,
      // `invalid_grant` comes as 400, and speaks of us
      faultOf: (status) => (status === 400 ? moderatorRefused(this.name, 'gives no access token: 400') : null),
    });
    this.current = { token, until: now + seconds * 1000 - MARGIN_MS };
    return token;
  }

  /** The token was refused: the next call asks for another. */
  forget(): void {
    this.current = null;
  }

  private async assertion(now: number): Promise<string> {
    const { clientEmail, privateKey, keyId, tokenUri } = this.account;
    const seconds = Math.floor(now / 1000);
    return new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId === null ? {} : { kid: keyId }) })
      .setIssuer(clientEmail)
      .setAudience(tokenUri)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(await importPKCS8(privateKey, 'RS256'));
  }
}
