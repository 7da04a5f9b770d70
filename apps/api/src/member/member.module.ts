import { Module } from '@nestjs/common';
import { GrantsOfMemberLoader, MemberLoader } from './member.loader.js';
import { MemberResolver } from './member.resolver.js';

@Module({ providers: [GrantsOfMemberLoader, MemberLoader, MemberResolver] })
export class MemberModule {}
