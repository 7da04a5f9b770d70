import { type Export, ExportService } from '@imprimatur/domain/exports';
import type { Context, VersionId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

/** Exports of a version, oldest first. */
@Injectable()
export class ExportsOfVersionLoader extends RequestLoader<VersionId, readonly Export[]> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly exports: ExportService,
  ) {
    super();
  }

  protected async batch(context: Context, versions: readonly VersionId[]): Promise<ReadonlyMap<VersionId, readonly Export[]>> {
    const found = await this.unitOfWork.read(context, (read) => this.exports.ofVersions(read, versions));
    return new Map(versions.map((version) => [version, found.filter((exported) => exported.version === version)]));
  }
}
