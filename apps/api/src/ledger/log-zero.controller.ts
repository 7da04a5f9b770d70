import { LedgerReader, LOG_ZERO } from '@imprimatur/domain/ledger';
import { systemContext } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Costs, Public } from '../door/index.js';
import { fileName, FILE_POINTS, sendLogFile } from './log.file.js';

/** Log 0 at the C2SP paths, for everybody: it names no customer, and holds nothing but signed checkpoints. */
@Controller('log/0')
export class LogZeroController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerReader,
  ) {}

  @Get('*path')
  @Public()
  @Costs(FILE_POINTS)
  async file(@Param('path') path: string | readonly string[], @Req() request: Request, @Res() response: Response): Promise<void> {
    const name = fileName(path);
    const bytes = await this.unitOfWork.read(systemContext(LOG_ZERO, 'log-0'), (read) => this.ledger.logZeroFile(read, name));
    await sendLogFile(request, response, { name, bytes, scope: 'public' });
  }
}
