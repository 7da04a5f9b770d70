import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What the page and the authenticator say, where it is not the truth. */
export interface Lie {
  readonly origin?: string;
  readonly rpId?: string;
  /** Nobody showed a finger or a PIN. */
  readonly unverified?: boolean;
  /** Counts from here instead of on. */
  readonly count?: number;
  readonly challenge?: string;
  /** Format of the attestation. */
  readonly fmt?: string;
  /** It was signed in a frame of somebody else's page. */
  readonly crossOrigin?: boolean;
}

export interface Asserted {
  readonly credentialId: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const WITH_KEY = 0x40;

const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const text = (value: string): Buffer => Buffer.concat([Buffer.of(0x60 + value.length), Buffer.from(value)]);
const bytes = (value: Uint8Array): Buffer =>
  Buffer.concat([value.length < 24 ? Buffer.of(0x40 + value.length) : Buffer.of(0x59, value.length >> 8, value.length & 0xff), value]);

/** An authenticator and the browser around it, in a few lines: P-256, attestation none, the real wire format. */
export class SoftAuthenticator {
  readonly credentialId = randomBytes(32).toString('base64url');
  private readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  private counted = 0;

  /** A P-384 key says of itself that it is for ES256, as no verifier of ours would read it. */
  constructor(
    readonly origin: string,
    readonly rpId = 'localhost',
    curve: 'P-256' | 'P-384' = 'P-256',
  ) {
    this.keys = generateKeyPairSync('ec', { namedCurve: curve });
  }

  /** `navigator.credentials.create`. */
  create(challenge: string, lie: Lie = {}): { credentialId: string; attestationObject: string; clientDataJSON: string } {
    const id = Buffer.from(this.credentialId, 'base64url');
    const data = Buffer.concat([
      this.data(WITH_KEY, lie),
      Buffer.alloc(16),
      Buffer.of(id.length >> 8, id.length & 0xff),
      id,
      coseOf(this.keys.publicKey),
    ]);
    const object = Buffer.concat([
      Buffer.of(0xa3),
      text('fmt'),
      text(lie.fmt ?? 'none'),
      text('attStmt'),
      Buffer.of(0xa0),
      text('authData'),
      bytes(data),
    ]);
    return {
      credentialId: this.credentialId,
      attestationObject: object.toString('base64url'),
      clientDataJSON: this.client('webauthn.create', challenge, lie).toString('base64url'),
    };
  }

  /** `navigator.credentials.get`. */
  get(challenge: string, lie: Lie = {}): Asserted {
    const data = this.data(0, lie);
    const client = this.client('webauthn.get', challenge, lie);
    const signature = sign('sha256', Buffer.concat([data, sha256(client)]), this.keys.privateKey);
    return {
      credentialId: this.credentialId,
      authenticatorData: data.toString('base64url'),
      clientDataJSON: client.toString('base64url'),
      signature: signature.toString('base64url'),
    };
  }

  private data(more: number, { rpId = this.rpId, unverified = false, count }: Lie): Buffer {
    this.counted = count ?? this.counted + 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counted);
    return Buffer.concat([sha256(rpId), Buffer.of(PRESENT | (unverified ? 0 : VERIFIED) | more), counter]);
  }

  private client(type: string, challenge: string, lie: Lie): Buffer {
    return Buffer.from(
      JSON.stringify({
        type,
        challenge: lie.challenge ?? challenge,
        origin: lie.origin ?? this.origin,
        crossOrigin: lie.crossOrigin ?? false,
      }),
    );
  }
}

function coseOf(key: KeyObject): Buffer {
  const { x = '', y = '', crv } = key.export({ format: 'jwk' });
  const [curve, size] = crv === 'P-384' ? [2, 0x30] : [1, 0x20];
  return Buffer.concat([
    Buffer.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, curve, 0x21, 0x58, size),
    Buffer.from(x, 'base64url'),
    Buffer.of(0x22, 0x58, size),
    Buffer.from(y, 'base64url'),
  ]);
}
