import { Module } from '@nestjs/common';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { ConditionRepository } from './decisions/condition.repository.js';
import { ConflictRepository } from './decisions/conflict.repository.js';
import { ConflictService } from './decisions/conflict.service.js';
import { DecisionReader } from './decisions/decision.reader.js';
import { DecisionRepository } from './decisions/decision.repository.js';
import { DecisionService } from './decisions/decision.service.js';
import { DecisionTerms } from './decisions/decision.terms.js';
import { PinRepository } from './decisions/pin.repository.js';
import { PinService } from './decisions/pin.service.js';
import { ReviewCopies } from './review.copies.repository.js';
import { ReviewRepository } from './review.repository.js';
import { ReviewService } from './review.service.js';

const DECISIONS = [ConditionRepository, ConflictRepository, DecisionRepository, PinRepository, DecisionTerms];
const FACE = [ReviewCopies, ReviewService, ConflictService, DecisionReader, DecisionService, PinService];

@Module({ imports: [LedgerModule], providers: [ReviewRepository, ...DECISIONS, ...FACE], exports: FACE })
export class ReviewModule {}
