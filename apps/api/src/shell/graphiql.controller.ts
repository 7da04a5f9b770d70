import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notFound } from '@imprimatur/kernel';
import type { Config } from '@imprimatur/platform/config';
import { Controller, Get, Header, Inject, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CONFIG } from '../configuration.js';
import { Public, RefusedException } from '../door/index.js';
import { START_SCRIPT } from './graphiql.start.js';

// the editor (Monaco) writes style elements; scripts and workers come from here and nowhere else
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const JAVASCRIPT = 'text/javascript; charset=utf-8';

interface Piece {
  readonly type: string;
  readonly text: string;
}

/** GraphiQL from a package of the registry, all of it served here: no CDN. Absent in production mode, like introspection. */
@Controller('graphiql')
export class GraphiqlController {
  private readonly html = readFileSync(join(__dirname, 'graphiql.html'), 'utf8');
  private pieces: Promise<ReadonlyMap<string, Piece>> | null = null;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', CSP)
  show(): string {
    this.assertPresent();
    return this.html;
  }

  @Get(':piece')
  @Public()
  async piece(@Param('piece') name: string, @Res() response: Response): Promise<void> {
    this.assertPresent();
    this.pieces ??= loadPieces(); // 9 MB of text that production never reads
    const piece = (await this.pieces).get(name);
    if (!piece) throw new RefusedException(notFound('page'));
    response.setHeader('content-type', piece.type);
    response.setHeader('cache-control', 'public, max-age=3600');
    response.setHeader('content-security-policy', CSP); // a worker is bound by the policy of its own script
    response.end(piece.text);
  }

  private assertPresent(): void {
    if (this.config.mode === 'production') throw new RefusedException(notFound('page'));
  }
}

async function loadPieces(): Promise<ReadonlyMap<string, Piece>> {
  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql');
  return new Map<string, Piece>([
    ['graphiql.js', { type: JAVASCRIPT, text: graphiql.js }],
    ['graphiql.css', { type: 'text/css; charset=utf-8', text: graphiql.css }],
    ['editor.worker.js', { type: JAVASCRIPT, text: graphiql.editorWorkerService }],
    ['json.worker.js', { type: JAVASCRIPT, text: graphiql.jsonWorker }],
    ['graphql.worker.js', { type: JAVASCRIPT, text: graphiql.graphqlWorker }],
    ['start.js', { type: JAVASCRIPT, text: START_SCRIPT }],
  ]);
}
