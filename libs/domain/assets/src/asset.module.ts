import { DataKeyTables, LedgerModule } from '@imprimatur/domain/ledger';
import { Module } from '@nestjs/common';
import { AssetFamilies } from './asset.families.js';
import { AssetRepository } from './asset.repository.js';
import { AssetService } from './asset.service.js';
import { BlobRepository } from './blob.repository.js';
import { BlobVault } from './blob.vault.js';
import { PictureQuarantine } from './picture.quarantine.js';
import { RightsRepository } from './rights/rights.repository.js';
import { SourceRightsService } from './rights/rights.service.js';
import { PictureCopies } from './picture.copies.repository.js';

/** Needs the process's blob store (BlobsModule). */
@Module({
  imports: [LedgerModule],
  providers: [
    AssetFamilies,
    AssetRepository,
    AssetService,
    BlobRepository,
    BlobVault,
    PictureCopies,
    PictureQuarantine,
    RightsRepository,
    SourceRightsService,
  ],
  exports: [AssetFamilies, AssetService, BlobVault, PictureCopies, PictureQuarantine, SourceRightsService],
})
export class AssetModule {
  constructor(keys: DataKeyTables) {
    keys.register({ table: 'blob', key: [{ column: 'id', type: 'uuid' }], wrapped: 'wrapped_key' });
    keys.register({ table: 'version', key: [{ column: 'id', type: 'uuid' }], wrapped: 'operations_key' });
  }
}
