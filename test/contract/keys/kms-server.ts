import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSigned } from '../../support/sigv4';

export { ACCESS_KEY, REGION, SECRET_KEY } from '../../support/sigv4';

interface Said {
  readonly status: number;
  readonly body: object | string;
}

type Trouble = 'hang' | 'cut' | 'garbage' | Said;

/** Speaks AWS KMS's JSON 1.1 protocol: Encrypt and Decrypt with real AES-GCM, context as associated data, and checks the signature by itself. */
export class KmsServer {
  private readonly server: Server;
  private readonly keys = new Map<string, Buffer>();
  /** One for each of the next requests. */
  readonly troubles: Trouble[] = [];
  readonly asked: { readonly target: string; readonly request: Record<string, unknown> }[] = [];

  private constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then((said) => {
        if (said === 'hang') return;
        if (said === 'cut') return response.destroy();
        response.writeHead(said.status, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body));
      });
    });
  }

  static async start(keyIds: readonly string[]): Promise<KmsServer> {
    const kms = new KmsServer();
    for (const keyId of keyIds) kms.keys.set(keyId, randomBytes(32));
    await new Promise<void>((resolve) => kms.server.listen(0, '127.0.0.1', resolve));
    return kms;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<'hang' | 'cut' | Said> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const trouble = this.troubles.shift();
    if (trouble === 'hang' || trouble === 'cut') return trouble;
    if (trouble === 'garbage') return { status: 200, body: '<html>proxy</html>' };
    if (trouble) return trouble;
    if (!isSigned(request, body, 'kms')) return no('InvalidSignatureException');
    const target = String(request.headers['x-amz-target']);
    const asked = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    this.asked.push({ target, request: asked });
    const key = this.keys.get(String(asked.KeyId));
    if (!key) return no('NotFoundException');
    const context = Buffer.from(JSON.stringify(Object.entries(asked.EncryptionContext as object).sort()));
    if (target === 'TrentService.Encrypt') return this.encrypt(String(asked.KeyId), key, context, String(asked.Plaintext));
    if (target === 'TrentService.Decrypt') return this.decrypt(String(asked.KeyId), key, context, String(asked.CiphertextBlob));
    return no('UnknownOperationException');
  }

  private encrypt(KeyId: string, key: Buffer, context: Buffer, plaintext: string): Said {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
    const sealed = Buffer.concat([nonce, cipher.update(Buffer.from(plaintext, 'base64')), cipher.final(), cipher.getAuthTag()]);
    return { status: 200, body: { KeyId, CiphertextBlob: sealed.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } };
  }

  private decrypt(KeyId: string, key: Buffer, context: Buffer, blob: string): Said {
    try {
      const bytes = Buffer.from(blob, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(context);
      decipher.setAuthTag(bytes.subarray(-16));
      const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
      return { status: 200, body: { KeyId, Plaintext: plain.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } };
    } catch {
      return no('InvalidCiphertextException');
    }
  }
}

export function no(type: string, status = 400): Said {
  return { status, body: { __type: type, message: 'no' } };
}
