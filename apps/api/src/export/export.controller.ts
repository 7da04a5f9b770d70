import { AssetService, versionQuarantined } from '@imprimatur/domain/assets';
import { ExportService, ExportStatusRepository } from '@imprimatur/domain/exports';
import { type Context, notFound, parseId, systemClock } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { send } from '../asset/asset.controller.js';
import { answerOf, Caller, Can, Public, RefusedException } from '../door/index.js';

@Controller('exports')
export class ExportController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly exports: ExportService,
    private readonly assets: AssetService,
    private readonly statuses: ExportStatusRepository,
  ) {}

  /** The signed file; 404 until it is done. Who took it is on record. */
  @Get(':id/file')
  @Can('read', 'Export')
  async file(@Caller() context: Context, @Param('id') text: string, @Res() response: Response): Promise<void> {
    const id = parseId('export', text);
    const exported = id && (await this.unitOfWork.read(context, (read) => this.exports.find(read, id)));
    const signed = exported?.ok ? exported.value.signed : null;
    if (!exported?.ok || !signed) throw new RefusedException(notFound('finished export'));
    // the two people of its case see the version; its files wait with it
    const version = answerOf(await this.unitOfWork.read(context, (read) => this.assets.findVersion(read, exported.value.version)));
    if (version.quarantine !== null) throw new RefusedException(versionQuarantined());
    const bytes = answerOf(await this.unitOfWork.read(context, (read) => this.assets.readBlob(read, signed.blob)));
    await this.unitOfWork.write(context, (write) => this.exports.recordDownload(write, exported.value));
    send(response, bytes, exported.value.format, `export-${exported.value.id}`);
  }

  /** For whoever has the file: does it still stand? Says nothing else of the export, and knows none that is not finished. */
  @Get(':id/status')
  @Public()
  async status(@Param('id') text: string, @Res({ passthrough: true }) response: Response): Promise<object> {
    const id = parseId('export', text);
    const status = id && (await this.statuses.find(id));
    if (!status) throw new RefusedException(notFound('finished export'));
    // a page that verifies in the browser asks from another origin
    response.setHeader('access-control-allow-origin', '*');
    return { export: id, status: status.standing, since: status.since, checkedAt: systemClock.now() };
  }
}
