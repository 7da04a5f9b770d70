import { LedgerReader } from '@imprimatur/domain/ledger';
import { type Context, parseId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Caller, Can } from '../door/index.js';
import { fileName, sendLogFile } from './log.file.js';

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
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const name = fileName(path);
    const isOwn = parseId('tenant', tenant) === context.tenant;
    const bytes = isOwn ? await this.unitOfWork.read(context, (read) => this.ledger.file(read, name)) : null;
    await sendLogFile(request, response, { name, bytes, scope: 'private' });
  }
}
