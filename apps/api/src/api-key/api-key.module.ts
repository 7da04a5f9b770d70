import { Module } from '@nestjs/common';
import { ApiKeyLoader } from './api-key.loader.js';
import { ApiKeyResolver } from './api-key.resolver.js';

@Module({ providers: [ApiKeyLoader, ApiKeyResolver] })
export class ApiKeyModule {}
