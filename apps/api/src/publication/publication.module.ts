import { PublicationsModule } from '@imprimatur/domain/publications';
import { RecallFlowModule } from '@imprimatur/flows/recalls';
import { Module } from '@nestjs/common';
import { PublicationLoader } from './publication.loader.js';
import { PublicationResolver } from './publication.resolver.js';

@Module({ imports: [PublicationsModule, RecallFlowModule], providers: [PublicationLoader, PublicationResolver] })
export class PublicationModule {}
