import { PoliciesModule } from '@imprimatur/domain/policies';
import { DecisionsModule } from '@imprimatur/flows/gates';
import { Module } from '@nestjs/common';
import { AcknowledgementResolver } from './acknowledgement.resolver.js';

@Module({ imports: [PoliciesModule, DecisionsModule], providers: [AcknowledgementResolver] })
export class AcknowledgementModule {}
