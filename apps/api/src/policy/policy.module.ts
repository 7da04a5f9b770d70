import { PoliciesModule } from '@imprimatur/domain/policies';
import { Module } from '@nestjs/common';
import { PolicyResolver } from './policy.resolver.js';

@Module({ imports: [PoliciesModule], providers: [PolicyResolver] })
export class PolicyModule {}
