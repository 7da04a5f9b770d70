import type { Config } from '@imprimatur/platform/config';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { Fault } from '@imprimatur/kernel';
import type { DevelopmentSigner } from './development.signer.js';

/** Asymmetric only: a shared secret or `none` proves nothing about the issuer. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const CLOCK_TOLERANCE_S = 30;
const FETCH_TIMEOUT_MS = 5_000;
const KEYS_KEPT_MS = 10 * 60_000;

/** What a verified token says. */
export interface BearerClaims {
  readonly issuer: string;
  readonly sub: string;
  /** The claim `tenant`; null when there is none. */
  readonly tenant: string | null;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** Verifies OIDC access tokens (JWT) of the configured issuer, and in development mode those of the development sign-in. */
export class BearerVerifier {
  private discovered: Promise<JWTVerifyGetKey> | null = null;

  constructor(
    private readonly oidc: Config['oidc'],
    private readonly development: DevelopmentSigner | null,
  ) {}

  /** Null when the token is not one that opens this door; Fault OIDC_UNAVAILABLE when the issuer's keys cannot be had. */
  async verify(token: string): Promise<BearerClaims | null> {
    const local = this.development && (await this.development.verify(token));
    if (local) return claimsOf(local);
    if (this.oidc.issuer === undefined) return null;
    try {
      const { payload } = await jwtVerify(token, await this.keys(this.oidc.issuer), {
        issuer: this.oidc.issuer,
        audience: this.oidc.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['sub', 'exp', 'iat'],
      });
      return claimsOf(payload);
    } catch (cause) {
      if (isKeyFailure(cause)) throw unavailable(cause);
      if (cause instanceof errors.JOSEError) return null;
      throw cause;
    }
  }

  private async keys(issuer: string): Promise<JWTVerifyGetKey> {
    this.discovered ??= discoverKeys(issuer);
    try {
      return await this.discovered;
    } catch (cause) {
      this.discovered = null; // so that the next request asks again
      throw unavailable(cause);
    }
  }
}

/** The key set that the issuer's discovery document names; fetched again when a token names an unknown key, at most every 30 s. */
async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    redirect: 'error',
  });
  if (!response.ok) throw new Error(`the issuer's discovery document answered ${response.status}`);
  const document = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
  if (document.issuer !== issuer || typeof document.jwks_uri !== 'string')
    throw new Error('the discovery document is not that of the issuer');
  return createRemoteJWKSet(new URL(document.jwks_uri), { cacheMaxAge: KEYS_KEPT_MS, timeoutDuration: FETCH_TIMEOUT_MS });
}

function isKeyFailure(cause: unknown): boolean {
  return (
    cause instanceof errors.JWKSTimeout ||
    cause instanceof errors.JWKSInvalid ||
    (cause instanceof TypeError && cause.message === 'fetch failed')
  );
}

function unavailable(cause: unknown): Fault {
  return cause instanceof Fault
    ? cause
    : new Fault({
        room: 'door',
        code: 'OIDC_UNAVAILABLE',
        message: 'the identity provider cannot be reached',
        retryable: true,
        safe: true,
        cause,
      });
}

function claimsOf(payload: JWTPayload): BearerClaims | null {
  const { iss, sub, exp } = payload;
  if (iss === undefined || sub === undefined || exp === undefined) return null;
  return { issuer: iss, sub, tenant: typeof payload['tenant'] === 'string' ? payload['tenant'] : null, expiresAt: exp };
}
