import { Module } from '@nestjs/common';
import { GraphiqlController } from './graphiql.controller.js';
import { HealthController } from './health.controller.js';
import { LandingController } from './landing.controller.js';
import { ReadinessRepository } from './readiness.repository.js';

@Module({ controllers: [HealthController, LandingController, GraphiqlController], providers: [ReadinessRepository] })
export class ShellModule {}
