import { DecisionsModule } from '@imprimatur/flows/gates';
import { Module } from '@nestjs/common';
import { TrainingResolver } from './training.resolver.js';

@Module({ imports: [DecisionsModule], providers: [TrainingResolver] })
export class TrainingModule {}
