import { AwsV4Signer } from 'aws4fetch';
import { Fault, fromBase64, toBase64 } from '@imprimatur/kernel';
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

/** AWS KMS over its JSON 1.1 protocol, signed with Signature Version 4. Redirects are not followed. */
export class AwsKmsClient implements KmsClient {
  constructor(private readonly settings: AwsKmsSettings) {}

  async encrypt(keyId: string, plain: Uint8Array, context: EncryptionContext, signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.call('Encrypt', keyId, { KeyId: keyId, Plaintext: toBase64(plain), EncryptionContext: context }, signal);
    return bytesOf(answer, answer.CiphertextBlob, keyId);
  }

  async decrypt(keyId: string, sealed: Uint8Array, context: EncryptionContext, signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.call(
      'Decrypt',
      keyId,
      { KeyId: keyId, CiphertextBlob: toBase64(sealed), EncryptionContext: context },
      signal,
    );
    return bytesOf(answer, answer.Plaintext, keyId);
  }

  private async call(operation: 'Encrypt' | 'Decrypt', keyId: string, request: object, signal: AbortSignal): Promise<Answer> {
    let response: Response;
    let text: string;
    try {
      const signed = await this.sign(operation, JSON.stringify(request));
      response = await fetch(signed.url, { ...signed.init, redirect: 'error', signal });
      text = await response.text();
    } catch (cause) {
      throw cause instanceof Fault ? cause : providerUnavailable('the KMS cannot be reached', cause);
    }
    const answer = parse(text);
    if (response.ok && answer) return answer;
    if (response.ok) throw providerUnavailable('the KMS answers what is no JSON');
    throw faultOf(response.status, answer?.__type?.split('#').at(-1) ?? '', keyId);
  }

  private async sign(operation: string, body: string): Promise<{ url: string; init: { method: string; headers: Headers; body: string } }> {
    const { endpoint, region, credentials } = this.settings;
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const { method, url, headers } = await new AwsV4Signer({
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
    return { url: url.toString(), init: { method, headers, body } };
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
