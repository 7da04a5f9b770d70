import { createHash } from 'node:crypto';
import { type Period, type ReconciliationRequest, ReconciliationService, WINDOW_SECONDS_DEFAULT } from '@imprimatur/domain/providers';
import { type Context, ok, toPublicId } from '@imprimatur/kernel';
import type { Config } from '@imprimatur/platform/config';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Controller, Headers, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CONFIG } from '../configuration.js';
import { answerOf, Caller, Can, MutationRunner, RefusedException } from '../door/index.js';
import { Upload } from './reconciliation.upload.js';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** `POST /reconciliations?provider=&mapping=&timeZone=&windowSeconds=&from=&to=`, the body a CSV file. */
@Controller()
export class ReconciliationController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly reconciliations: ReconciliationService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post('reconciliations')
  @HttpCode(201)
  @Can('create', 'Reconciliation')
  async import(
    @Caller() context: Context,
    @Headers('idempotency-key') key: string | undefined,
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    // whoever is refused before the whole file was read would go on sending it
    response.setHeader('connection', 'close');
    if (!key)
      throw refused(400, 'IDEMPOTENCY_KEY_MISSING', 'The header idempotency-key is missing.', 'Send any text that is new for each upload.');
    if (!request.is('text/csv') || request.headers['content-encoding'] !== undefined) {
      throw refused(415, 'MEDIA_TYPE_UNSUPPORTED', 'The body is not plain CSV.', 'Send the file as it is, with content-type: text/csv.');
    }
    const asked = requestOf(query);
    const bytesMax = this.config.reconciliation.bytesMax;
    const tooLarge = Number(request.headers['content-length'] ?? 0) > bytesMax;
    const upload = tooLarge ? null : await Upload.take(request, bytesMax);
    if (!upload) throw refused(413, 'BODY_TOO_LARGE', `The file has more than ${bytesMax} bytes.`, 'Send the bill in parts, by period.');
    try {
      const requestDigest = createHash('sha256').update(upload.sha256).update(JSON.stringify(asked)).digest();
      const id = answerOf(
        await this.mutations.runDigested(context, { operation: 'importReconciliation', key, requestDigest }, async (write) => {
          const imported = await this.reconciliations.import(write, asked, upload);
          return imported.ok ? ok(imported.value.id) : imported;
        }),
      );
      const { counts } = answerOf(await this.unitOfWork.read(context, (read) => this.reconciliations.find(read, id)));
      return { reconciliation: { id: toPublicId('reconciliation', id), counts } };
    } finally {
      await upload.discard();
    }
  }
}

function requestOf(query: Readonly<Record<string, unknown>>): ReconciliationRequest {
  const text = (name: string): string | null => {
    const value = query[name];
    if (value === undefined || value === '') return null;
    if (typeof value === 'string') return value;
    throw refused(400, 'BAD_REQUEST', `${name} is given more than once.`, 'Give each parameter once.');
  };
  const window = text('windowSeconds');
  return {
    provider: text('provider') ?? '',
    mapping: text('mapping') ?? 'generic',
    timeZone: text('timeZone'),
    windowSeconds: window === null ? WINDOW_SECONDS_DEFAULT : Number(window),
    period: periodOf(text('from'), text('to')),
  };
}

function periodOf(from: string | null, to: string | null): Period | null {
  if (from === null && to === null) return null;
  // an unreadable moment is no moment, which the room refuses
  const moment = (text: string | null): Date => new Date(text !== null && DATE_TIME.test(text) ? text : NaN);
  return { from: moment(from), to: moment(to) };
}

function refused(status: number, code: string, message: string, remedy: string): RefusedException {
  return new RefusedException({ code, message, remedy }, status);
}
