import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { QuestionStream } from '@imprimatur/flows/simulation';
import type { PastQuestion } from '@imprimatur/formats/policy';
import { type Context, type Id, toPublicId } from '@imprimatur/kernel';
import { LOGGER, type Logger } from '@imprimatur/platform/telemetry';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { answerOf, Caller, Can, type DoorRequest, RefusedException } from '../door/index.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** `GET /policy-questions?from=&to=`: what the gates asked in a time, as lines of JSON for `imprimatur policy simulate`. */
@Controller()
export class QuestionController {
  constructor(
    private readonly questions: QuestionStream,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A page is read when the client has taken the one before. The last line says `end`; an answer without it was cut short. */
  @Get('policy-questions')
  @Can('create', 'PolicyBundle')
  async export(
    @Caller() context: Context,
    @Query('from') from: unknown,
    @Query('to') to: unknown,
    @Req() request: DoorRequest,
    @Res() response: Response,
  ): Promise<void> {
    const [since, until] = [timeOf(from), timeOf(to)];
    if (since === null || until === null || since >= until) {
      const remedy = 'Send from and to, times like 2026-01-31T12:00:00Z, the first before the second.';
      throw new RefusedException({ code: 'BAD_REQUEST', message: 'It is not said from when to when.', remedy });
    }
    response.setHeader('content-type', 'application/x-ndjson');
    if (request.method === 'HEAD') return void response.end();
    const pages = answerOf(await this.questions.begin(context, { since, until }));
    try {
      await pipeline(Readable.from(linesOf(pages), { highWaterMark: 1 }), response);
    } catch (error) {
      if (!response.destroyed) throw error;
      this.logger.info({ requestId: request.id }, 'the client left an export of questions');
    }
  }
}

async function* linesOf(pages: AsyncGenerator<readonly PastQuestion[]>): AsyncGenerator<string> {
  let questions = 0;
  for await (const page of pages) {
    questions += page.length;
    yield page.map(lineOf).join('');
  }
  yield `${JSON.stringify({ end: true, questions })}\n`;
}

function lineOf({ id, at, asked }: PastQuestion): string {
  return `${JSON.stringify({ id: toPublicId('item', id as Id<'item'>), at, asked })}\n`;
}

function timeOf(text: unknown): Date | null {
  if (typeof text !== 'string' || !TIME.test(text)) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}
