import { BlobVault } from '@imprimatur/domain/assets';
import { ExportService } from '@imprimatur/domain/exports';
import { exportNotPublishable, type NewPublication, type Publication, PublicationService } from '@imprimatur/domain/publications';
import { type ExportId, type Refusal, refuse, type Result } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Registers that a finished export was published. */
@Injectable()
export class PublicationRegistry {
  constructor(
    private readonly publications: PublicationService,
    private readonly exports: ExportService,
    private readonly vault: BlobVault,
  ) {}

  async register(write: WriteContext, id: ExportId, wish: NewPublication): Promise<Result<Publication, Refusal>> {
    const found = await this.exports.find(write, id);
    if (!found.ok) return found;
    const { signed, standing } = found.value;
    if (signed === null) return refuse(exportNotPublishable('is not finished'));
    if (standing !== 'valid') return refuse(exportNotPublishable(`is ${standing}`));
    const blob = await this.vault.find(write, signed.blob);
    return this.publications.register(write, { export: id, sha256: blob?.sha256 ?? null }, wish);
  }
}
