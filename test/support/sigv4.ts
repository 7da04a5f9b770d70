import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const ACCESS_KEY = 'AKIDEXAMPLE';
export const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export const REGION = 'eu-central-1';

/** Signature Version 4, as its specification writes it; shares no code with the signer under test. */
export function isSigned(request: IncomingMessage, body: Buffer, service: string): boolean {
  const authorization =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (!authorization) return false;
  const [, id, day = '', region = '', asked, signed = '', signature] = authorization;
  const names = signed.split(';');
  if (id !== ACCESS_KEY || region !== REGION || asked !== service) return false;
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => names.includes(name))) return false;
  const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
  const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
  const headers = names.map((name) => `${name}:${String(request.headers[name])}\n`).join('');
  const canonical = ['POST', '/', '', headers, signed, sha256(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', String(request.headers['x-amz-date']), scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${SECRET_KEY}`, day), region), service), 'aws4_request');
  return hmac(key, toSign).toString('hex') === signature;
}
