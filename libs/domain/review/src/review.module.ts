import { Module } from '@nestjs/common';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { ReviewCopies } from './review.copies.repository.js';
import { ReviewRepository } from './review.repository.js';
import { ReviewService } from './review.service.js';

@Module({ imports: [LedgerModule], providers: [ReviewCopies, ReviewRepository, ReviewService], exports: [ReviewCopies, ReviewService] })
export class ReviewModule {}
