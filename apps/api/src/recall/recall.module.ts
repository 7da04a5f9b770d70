import { LedgerModule } from '@imprimatur/domain/ledger';
import { PublicationsModule } from '@imprimatur/domain/publications';
import { RecallFlowModule } from '@imprimatur/flows/recalls';
import { Module } from '@nestjs/common';
import { RecallLoader, RecallRecipientLoader } from './recall.loader.js';
import { RecallResolver } from './recall.resolver.js';

@Module({
  imports: [LedgerModule, PublicationsModule, RecallFlowModule],
  providers: [RecallLoader, RecallRecipientLoader, RecallResolver],
})
export class RecallModule {}
