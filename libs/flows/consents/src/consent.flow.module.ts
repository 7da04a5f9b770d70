import { AssetModule } from '@imprimatur/domain/assets';
import { ConsentModule } from '@imprimatur/domain/consent';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { Module } from '@nestjs/common';
import { ConsentFlow } from './consent.flow.js';

@Module({ imports: [AssetModule, ConsentModule, ModerationModule], providers: [ConsentFlow], exports: [ConsentFlow] })
export class ConsentFlowModule {}
