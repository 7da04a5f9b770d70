import { PoliciesModule } from '@imprimatur/domain/policies';
import { Module } from '@nestjs/common';
import { PolicyController } from './policy.controller.js';
import { PolicyVersionLoader } from './policy.loader.js';
import { PolicyResolver } from './policy.resolver.js';

@Module({
  imports: [PoliciesModule],
  controllers: [PolicyController],
  providers: [PolicyVersionLoader, PolicyResolver],
  exports: [PolicyVersionLoader],
})
export class PolicyModule {}
