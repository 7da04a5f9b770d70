import { Module } from '@nestjs/common';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { ReviewRepository } from './review.repository.js';
import { ReviewService } from './review.service.js';

@Module({ imports: [LedgerModule], providers: [ReviewRepository, ReviewService], exports: [ReviewService] })
export class ReviewModule {}
