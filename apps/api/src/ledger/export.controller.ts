import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EventStream, type EventStreaming, type StreamEnding } from '@imprimatur/domain/ledger';
import type { Context } from '@imprimatur/kernel';
import { LOGGER, type Logger } from '@imprimatur/platform/telemetry';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { answerOf, Caller, Can, type DoorRequest, RefusedException } from '../door/index.js';
import { type ExportQuery, readExport } from './export.query.js';
import { endLine, type LineFormat, lineOf } from './export.line.js';

/** Lines are handed on in pieces of about this many characters. */
const PIECE = 65_536;

/** What has left so far. */
type Progress = Omit<StreamEnding, 'outcome'>;

/** The tenant's events as lines of JSON, from a position on. */
@Controller('ledger')
export class LedgerExportController {
  constructor(
    private readonly stream: EventStream,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A page is read when the client has taken the one before. The last line says `end`; an answer without it was cut short. */
  @Get('export')
  @Can('export', 'LedgerEntry')
  async export(
    @Caller() context: Context,
    @Query() query: ExportQuery,
    @Req() request: DoorRequest,
    @Res() response: Response,
  ): Promise<void> {
    const wish = readExport(query);
    if (typeof wish === 'string')
      throw new RefusedException({
        code: 'BAD_REQUEST',
        message: `The export cannot be made: ${wish}.`,
        remedy: 'Correct it and ask again.',
      });
    response.setHeader('content-type', 'application/x-ndjson');
    if (request.method === 'HEAD') return void response.end();
    const streaming = answerOf(await this.stream.begin(context, wish));
    const left: { now: Progress } = { now: { events: 0, position: wish.after } };
    const lines = piecesOf(streaming, wish.format, left);
    let outcome: StreamEnding['outcome'] = 'failed';
    try {
      await pipeline(Readable.from(lines, { highWaterMark: 1 }), response);
      outcome = 'complete';
    } catch (error) {
      if (!isClientGone(error)) throw error;
      outcome = 'left';
      this.logger.info({ requestId: request.id, position: left.now.position }, 'the client left an export of the ledger');
    } finally {
      await streaming.end({ ...left.now, outcome });
    }
  }
}

async function* piecesOf(streaming: EventStreaming, format: LineFormat, left: { now: Progress }): AsyncGenerator<string> {
  let piece = '';
  for await (const { events, position } of streaming.pages) {
    for (const event of events) {
      piece += lineOf(format, event, streaming.origin);
      left.now = { events: left.now.events + 1, position: event.index + 1 };
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
    left.now = { ...left.now, position };
  }
  yield piece + endLine({ ...left.now, size: streaming.size });
}

function isClientGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET' || error.code === 'EPIPE')
  );
}
