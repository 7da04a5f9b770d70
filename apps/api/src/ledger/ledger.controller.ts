import { LedgerReader } from '@imprimatur/domain/ledger';
import { type Context, notFound, parseId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Caller, Can, RefusedException } from '../door/index.js';

/** The tenant's own log at the C2SP paths: `checkpoint`, `tile/...`, and `log.vkey`. */
@Controller('log')
export class LedgerController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerReader,
  ) {}

  @Get(':tenant/*path')
  @Can('read', 'LedgerEntry')
  async file(
    @Caller() context: Context,
    @Param('tenant') tenant: string,
    @Param('path') path: string | readonly string[],
    @Res() response: Response,
  ): Promise<void> {
    const name = typeof path === 'string' ? path : path.join('/');
    const isOwn = parseId('tenant', tenant) === context.tenant;
    const bytes = isOwn ? await this.unitOfWork.read(context, (read) => this.ledger.file(read, name)) : null;
    if (!bytes) throw new RefusedException(notFound('file of the log'));
    const isTile = name.startsWith('tile/');
    response.setHeader('content-type', isTile ? 'application/octet-stream' : 'text/plain; charset=utf-8');
    // a tile at its path never changes; the checkpoint always may
    response.setHeader('cache-control', isTile ? 'private, max-age=31536000, immutable' : 'private, no-cache');
    response.end(Buffer.from(bytes));
  }
}
