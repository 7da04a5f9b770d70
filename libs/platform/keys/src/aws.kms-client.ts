import { AwsV4Signer } from 'aws4fetch';
import { type Fault, fromBase64, toBase64 } from '@imprimatur/kernel';
import { exchange, type EgressRequest } from '@imprimatur/platform/egress';
import { keyUnknown, providerRefused, providerUnavailable, sealBroken } from './key.faults.js';
import type { EncryptionContext, KmsClient } from './kms.key-provider.js';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface AwsKmsSettings {
  /** `https://kms.eu-central-1.amazonaws.com`, or whatever speaks the same. */
  readonly endpoint: string;
  readonly region: string;
  /** Asked for each call, so that they may change. */
  readonly credentials: () => Promise<AwsCredentials>;
}

interface Answer {
  readonly KeyId?: string;
  readonly CiphertextBlob?: string;
  readonly Plaintext?: string;
  readonly __type?: string;
}

const BROKEN = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);
const AWAY = new Set([
  'ThrottlingException',
  'LimitExceededException',
  'KMSInternalException',
  'DependencyTimeoutException',
  'KeyUnavailableException',
]);

/** An answer is a wrapped or an unwrapped key and its id: a few hundred bytes. */
const ANSWER_BYTES_MAX = 65_536;

/** AWS KMS over its JSON 1.1 protocol, signed with Signature Version 4. Redirects are not followed. */
export class AwsKmsClient implements KmsClient {
  constructor(private readonly settings: AwsKmsSettings) {}

  async encrypt(keyId: string, plain: Uint8Array, context: EncryptionContext, timeoutMs: number): Promise<Uint8Array> {
    const answer = await this.call('Encrypt', keyId, { KeyId: keyId, Plaintext: toBase64(plain), EncryptionContext: context }, timeoutMs);
    return bytesOf(answer, answer.CiphertextBlob, keyId);
  }

  async decrypt(keyId: string, sealed: Uint8Array, context: EncryptionContext, timeoutMs: number): Promise<Uint8Array> {
    const request = { KeyId: keyId, CiphertextBlob: toBase64(sealed), EncryptionContext: context };
    const answer = await this.call('Decrypt', keyId, request, timeoutMs);
    return bytesOf(answer, answer.Plaintext, keyId);
  }

  private async call(operation: 'Encrypt' | 'Decrypt', keyId: string, request: object, timeoutMs: number): Promise<Answer> {
    const signed = await this.sign(operation, JSON.stringify(request));
    const { status, bytes } = await exchange({
      ...signed,
      timeoutMs,
      bytesMax: ANSWER_BYTES_MAX,
      reach: 'any', // the operator's own endpoint, which may lie in the private network
      keep: true,
    }).catch((cause: unknown) => {
      throw providerUnavailable('the KMS cannot be reached', cause);
    });
    const answer = parse(Buffer.from(bytes).toString('utf8'));
    if (status === 200 && answer) return answer;
    if (status === 200) throw providerUnavailable('the KMS answers what is no JSON');
    throw faultOf(status, answer?.__type?.split('#').at(-1) ?? '', keyId);
  }

  private async sign(operation: string, body: string): Promise<Pick<EgressRequest, 'method' | 'url' | 'headers' | 'body'>> {
    const { endpoint, region, credentials } = this.settings;
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const { url, headers } = await new AwsV4Signer({
      method: 'POST',
      url: endpoint,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
      body,
      service: 'kms',
      region,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    }).sign();
    return { method: 'POST', url: url.toString(), headers: Object.fromEntries(headers), body };
  }
}

/** Never more than the KMS said: an answer of another key's is no answer. */
function bytesOf(answer: Answer, encoded: string | undefined, keyId: string): Uint8Array {
  if (answer.KeyId === keyId && typeof encoded === 'string') return fromBase64(encoded);
  throw providerUnavailable('the KMS answered something else than was asked');
}

function faultOf(status: number, type: string, keyId: string): Fault {
  const said = new Error(`${status} ${type}`);
  if (BROKEN.has(type)) return sealBroken(said);
  if (type === 'NotFoundException') return keyUnknown(keyId);
  // whoever sends elsewhere is a proxy on the way, and no KMS that refuses
  if (status < 400) return providerUnavailable(`the KMS answers ${status}`, said);
  if (AWAY.has(type) || status === 429 || status >= 500) return providerUnavailable(`the KMS answers ${status} ${type}`, said);
  return providerRefused(`the KMS refuses: ${status} ${type || 'no reason given'}`, said);
}

function parse(text: string): Answer | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
