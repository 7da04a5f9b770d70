import { PoliciesModule } from '@imprimatur/domain/policies';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TRIAL_REPORT, TrialObserver, type TrialReporter } from './trial.observer.js';

/** Imported once by the process that asks real questions; `report` hears of what bundles on trial could not be asked. */
@Global()
@Module({})
export class TrialModule {
  static forRoot(report: TrialReporter): DynamicModule {
    return {
      module: TrialModule,
      imports: [PoliciesModule],
      providers: [{ provide: TRIAL_REPORT, useValue: report }, TrialObserver],
      exports: [TrialObserver],
    };
  }
}
