import { EditingModule } from '@imprimatur/domain/editing';
import { Module } from '@nestjs/common';
import { AssetModule } from '../asset/asset.module.js';
import { SessionLoader } from './session.loader.js';
import { SessionResolver } from './session.resolver.js';

@Module({ imports: [EditingModule, AssetModule], providers: [SessionLoader, SessionResolver], exports: [SessionLoader] })
export class SessionModule {}
