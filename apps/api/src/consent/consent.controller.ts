import { ConsentImport } from '@imprimatur/flows/consents';
import { type Context, toPublicId } from '@imprimatur/kernel';
import { Controller, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { answerOf, Caller, Can, MutationRunner, RefusedException } from '../door/index.js';

const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** `POST /consents/import`: a CSV file of consents, all of its lines or none. */
@Controller('consents')
export class ConsentController {
  constructor(
    private readonly mutations: MutationRunner,
    private readonly imports: ConsentImport,
  ) {}

  @Post('import')
  @HttpCode(201)
  @Can('register', 'Consent')
  async import(
    @Caller() context: Context,
    @Headers('idempotency-key') key: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    // whoever is refused before the whole file was read would go on sending it
    response.setHeader('connection', 'close');
    if (!key)
      throw refused(400, 'IDEMPOTENCY_KEY_MISSING', 'The header idempotency-key is missing.', 'Send any text that is new for each file.');
    if (!request.is('text/csv') || request.headers['content-encoding'] !== undefined)
      throw refused(415, 'MEDIA_TYPE_UNSUPPORTED', 'The body is not plain CSV.', 'Send the file as it is, with content-type: text/csv.');
    const file = await bodyOf(request);
    if (!file) throw refused(413, 'BODY_TOO_LARGE', `The file has more than ${BODY_BYTES_MAX} bytes.`, 'Send the file in parts.');
    const requestDigest = createHash('sha256').update(file).digest();
    const imported = await this.mutations.runDigested(context, { operation: 'importConsents', key, requestDigest }, (write) =>
      this.imports.import(write, once(file)),
    );
    return { consents: answerOf(imported).map(({ line, consent }) => ({ line, consent: toPublicId('consent', consent) })) };
  }
}

/** Null: too large. A file of this size fits into memory, and holds names: it is not written anywhere. */
async function bodyOf(request: Request): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function refused(status: number, code: string, message: string, remedy: string): RefusedException {
  return new RefusedException({ code, message, remedy }, status);
}
