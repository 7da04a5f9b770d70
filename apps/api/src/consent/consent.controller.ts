import { EVIDENCE_BYTES_MAX } from '@imprimatur/domain/consent';
import { ConsentImport, EvidenceFlow } from '@imprimatur/flows/consents';
import { type ConsentId, type Context, notFound, ok, parseId, toPublicId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Controller, Get, Headers, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { send } from '../asset/asset.controller.js';
import { answerOf, Caller, Can, MutationRunner, RefusedException } from '../door/index.js';

const IMPORT_BYTES_MAX = 4 * 1024 * 1024;

/** The routes that files need: lists of consents, and what people signed. */
@Controller('consents')
export class ConsentController {
  constructor(
    private readonly mutations: MutationRunner,
    private readonly imports: ConsentImport,
    private readonly evidence: EvidenceFlow,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** A CSV file of consents, all of its lines or none. */
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
    const file = await bodyOf(request, IMPORT_BYTES_MAX);
    if (!file) throw refused(413, 'BODY_TOO_LARGE', `The file has more than ${IMPORT_BYTES_MAX} bytes.`, 'Send the file in parts.');
    const requestDigest = createHash('sha256').update(file).digest();
    const imported = await this.mutations.runDigested(context, { operation: 'importConsents', key, requestDigest }, (write) =>
      this.imports.import(write, once(file)),
    );
    return { consents: answerOf(imported).map(({ line, consent }) => ({ line, consent: toPublicId('consent', consent) })) };
  }

  /** The signed form, as the body: PDF, JPEG or PNG, told by how it begins. */
  @Post(':id/evidence')
  @HttpCode(201)
  @Can('register', 'Consent')
  async addEvidence(
    @Caller() context: Context,
    @Headers('idempotency-key') key: string | undefined,
    @Param('id') text: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    response.setHeader('connection', 'close');
    const id = consentOf(text);
    if (!key)
      throw refused(400, 'IDEMPOTENCY_KEY_MISSING', 'The header idempotency-key is missing.', 'Send any text that is new for each file.');
    const file = await bodyOf(request, EVIDENCE_BYTES_MAX);
    if (!file) throw refused(413, 'BODY_TOO_LARGE', `The file has more than ${EVIDENCE_BYTES_MAX} bytes.`, 'Send a smaller scan.');
    const requestDigest = createHash('sha256').update(id).update(file).digest();
    const added = await this.mutations.runDigested(context, { operation: 'addConsentEvidence', key, requestDigest }, async (write) => {
      const stored = await this.evidence.add(write, id, file);
      return stored.ok ? ok({ number: stored.value.number, format: stored.value.format }) : stored;
    });
    const { number, format } = answerOf(added);
    return { consent: toPublicId('consent', id), number, format, fileUrl: `/consents/${toPublicId('consent', id)}/evidence/${number}` };
  }

  /** Who opened it is on record before the first byte leaves. */
  @Get(':id/evidence/:number')
  @Can('disclose', 'Consent')
  async openEvidence(
    @Caller() context: Context,
    @Param('id') text: string,
    @Param('number') number: string,
    @Res() response: Response,
  ): Promise<void> {
    const id = consentOf(text);
    const { evidence, bytes } = answerOf(await this.unitOfWork.write(context, (write) => this.evidence.open(write, id, Number(number))));
    send(response, bytes, evidence.format, `evidence-${evidence.number}`, 'no-store');
  }
}

/** Null: too large. A file of this size fits into memory, and holds names: it is not written anywhere. */
async function bodyOf(request: Request, bytesMax: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function consentOf(text: string): ConsentId {
  const id = parseId('consent', text);
  if (!id) throw new RefusedException(notFound('consent'));
  return id;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function refused(status: number, code: string, message: string, remedy: string): RefusedException {
  return new RefusedException({ code, message, remedy }, status);
}
