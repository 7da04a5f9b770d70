import { QuarantineFlow } from '@imprimatur/flows/quarantine';
import { type Context, notFound, parseId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { send } from '../asset/asset.controller.js';
import { answerOf, Caller, Can, RefusedException } from '../door/index.js';

@Controller('quarantine-cases')
export class QuarantineController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly flow: QuarantineFlow,
  ) {}

  /** For the two people of the case. Who looked is on record before the first byte is sent. */
  @Get(':case/versions/:version/image')
  @Can('decide', 'QuarantineCase')
  async image(
    @Caller() context: Context,
    @Param('case') caseText: string,
    @Param('version') versionText: string,
    @Res() response: Response,
  ): Promise<void> {
    const id = parseId('case', caseText);
    const version = parseId('version', versionText);
    if (!id || !version) throw new RefusedException(notFound('case'));
    const seen = answerOf(await this.unitOfWork.write(context, (write) => this.flow.view(write, id, version)));
    send(response, seen.bytes, seen.version.format, `version-${seen.version.number}`, 'no-store');
  }
}
