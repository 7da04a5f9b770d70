import { ConsentModule as ConsentRoomModule } from '@imprimatur/domain/consent';
import { ConsentFlowModule } from '@imprimatur/flows/consents';
import { Module } from '@nestjs/common';
import { ConsentController } from './consent.controller.js';
import { ConsentLoader } from './consent.loader.js';
import { ConsentResolver } from './consent.resolver.js';

@Module({ imports: [ConsentRoomModule, ConsentFlowModule], controllers: [ConsentController], providers: [ConsentLoader, ConsentResolver] })
export class ConsentModule {}
