import { LedgerModule } from '@imprimatur/domain/ledger';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { DecisionsModule } from '@imprimatur/flows/gates';
import { Module } from '@nestjs/common';
import { KnownPictureLoader } from './known-picture.loader.js';
import { KnownPictureResolver } from './known-picture.resolver.js';

@Module({ imports: [LedgerModule, ModerationModule, DecisionsModule], providers: [KnownPictureLoader, KnownPictureResolver] })
export class KnownPictureModule {}
