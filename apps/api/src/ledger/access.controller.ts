import { isLogToken, LedgerReader, LogAccesses } from '@imprimatur/domain/ledger';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Controller, Get, Next, Param, Req, Res } from '@nestjs/common';
import type { NextFunction, Response } from 'express';
import { Costs, type DoorRequest, Public } from '../door/index.js';
import { fileName, FILE_POINTS, sendLogFile } from './log.file.js';

/** A tenant's log for whoever has a token of `grantLogAccess`, at the paths that unmodified C2SP clients ask for. */
@Controller('log')
export class AccessController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerReader,
    private readonly accesses: LogAccesses,
  ) {}

  /** Unknown, expired and revoked answer alike: 404. What cannot be a token (a tenant's id, log 0) is left to the routes after this one. */
  @Get(':token/*path')
  @Public()
  @Costs(FILE_POINTS)
  async file(
    @Param('token') token: string,
    @Param('path') path: string | readonly string[],
    @Req() request: DoorRequest,
    @Res() response: Response,
    @Next() next: NextFunction,
  ): Promise<void> {
    if (!isLogToken(token)) return next();
    const name = fileName(path);
    const context = await this.accesses.open(token, request.id);
    const bytes = context && (await this.unitOfWork.read(context, (read) => this.ledger.file(read, name)));
    await sendLogFile(request, response, { name, bytes, scope: 'private' });
  }
}
