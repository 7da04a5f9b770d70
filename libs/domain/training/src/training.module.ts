import { LedgerModule } from '@imprimatur/domain/ledger';
import { Module } from '@nestjs/common';
import { TrainingRepository } from './training.repository.js';
import { TrainingService } from './training.service.js';

@Module({ imports: [LedgerModule], providers: [TrainingRepository, TrainingService], exports: [TrainingService] })
export class TrainingModule {}
