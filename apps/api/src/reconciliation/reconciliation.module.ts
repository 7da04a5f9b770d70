import { ProvidersModule } from '@imprimatur/domain/providers';
import { Module } from '@nestjs/common';
import { ReconciliationController } from './reconciliation.controller.js';
import { ReconciliationLoader } from './reconciliation.loader.js';
import { ReconciliationResolver } from './reconciliation.resolver.js';

@Module({
  imports: [ProvidersModule],
  controllers: [ReconciliationController],
  providers: [ReconciliationLoader, ReconciliationResolver],
})
export class ReconciliationModule {}
