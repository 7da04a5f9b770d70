import { existsSync, readFileSync } from 'node:fs';
import { DEVELOPMENT_ISSUER } from '@imprimatur/domain/identity';
import {
  type CryptoKey,
  decodeJwt,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { assert, systemClock } from '@imprimatur/kernel';
import { createFileOnce } from '@imprimatur/platform/files';

const ALGORITHM = 'ES256';
export const DEVELOPMENT_TOKEN_S = 60 * 60;

/** Signs and verifies the tokens of the development sign-in. Made in development mode only; nothing else trusts its key. */
export class DevelopmentSigner {
  private constructor(
    private readonly privateKey: CryptoKey,
    private readonly publicKey: CryptoKey,
    private readonly audience: string,
  ) {}

  /** `file` holds the private key as a JWK (mode 0600); it is made when missing. */
  static async open(file: string, audience: string): Promise<DevelopmentSigner> {
    if (!existsSync(file)) await createKeyFile(file);
    const jwk = JSON.parse(readFileSync(file, 'utf8')) as JWK;
    const { kty, crv, x, y } = jwk;
    return new DevelopmentSigner(await importEs256(jwk), await importEs256({ kty, crv, x, y }), audience);
  }

  /** A token for one hour. */
  async sign(sub: string): Promise<string> {
    const now = Math.floor(systemClock.now().getTime() / 1000);
    return new SignJWT({})
      .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
      .setIssuer(DEVELOPMENT_ISSUER)
      .setAudience(this.audience)
      .setSubject(sub)
      .setIssuedAt(now)
      .setExpirationTime(now + DEVELOPMENT_TOKEN_S)
      .sign(this.privateKey);
  }

  /** Null: not a token of ours, or no longer. */
  async verify(token: string): Promise<JWTPayload | null> {
    try {
      if (decodeJwt(token).iss !== DEVELOPMENT_ISSUER) return null;
      const options = {
        issuer: DEVELOPMENT_ISSUER,
        audience: this.audience,
        algorithms: [ALGORITHM],
        requiredClaims: ['sub', 'exp', 'iat'],
      };
      return (await jwtVerify(token, this.publicKey, options)).payload;
    } catch (cause) {
      if (cause instanceof errors.JOSEError) return null;
      throw cause;
    }
  }
}

async function importEs256(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM);
  assert(!(key instanceof Uint8Array), 'the development key is an EC key');
  return key;
}

/** Two processes may start at once: the loser reads the winner's. */
async function createKeyFile(file: string): Promise<void> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  createFileOnce(file, JSON.stringify(await exportJWK(privateKey)), 0o600);
}
