import { Module } from '@nestjs/common';
import { MemberLoader } from './member.loader.js';
import { MemberResolver } from './member.resolver.js';

@Module({ providers: [MemberLoader, MemberResolver] })
export class MemberModule {}
