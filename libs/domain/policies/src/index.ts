export { AcknowledgementService } from './acknowledgements/acknowledgement.service.js';
export type { Acknowledgement, UsageDuty } from './acknowledgements/acknowledgement.types.js';
export { ExceptionService } from './exceptions/exception.service.js';
export { stateOf as exceptionStateOf } from './exceptions/exception.rules.js';
export type { ExceptionRefusal } from './exceptions/exception.refusals.js';
export type { ExceptionScope, ExceptionScopeKind, ExceptionState, NewException, PolicyException } from './exceptions/exception.types.js';
export { PoliciesModule } from './policy.module.js';
export { PolicyEngine } from './policy.engine.js';
export { readBundleFolder } from './policy.folder.js';
export { PolicyRepository } from './policy.repository.js';
export { PolicyService, STARTER_FOLDER } from './policy.service.js';
export type { PolicyRefusal } from './policy.refusals.js';
export { BundleCheck } from './policy.check.js';
export { BundleSignatures, readPolicyKeys } from './policy.signatures.js';
export { type BundleDecision, canaryMatter, isInShare } from './policy.rules.js';
export type {
  ActivePolicy,
  BundleState,
  BundleTrial,
  Judging,
  ReadyPolicy,
  ShadowBundle,
  Slice,
  StoredBundle,
  UnusablePolicy,
} from './policy.types.js';
export { ShadowEngine, type ShadowLimits, USUAL_LIMITS } from './trials/shadow.engine.js';
export type { TrialRefusal } from './trials/trial.refusals.js';
export { TrialRepository } from './trials/trial.repository.js';
export { TrialService } from './trials/trial.service.js';
export type { RealAnswer, TrialAnswer, TrialReport } from './trials/trial.types.js';
export type { SimulationRefusal } from './simulations/simulation.refusals.js';
export { SIMULATION_JOB, SimulationService } from './simulations/simulation.service.js';
export type { NewSimulation, Simulation, SimulationState } from './simulations/simulation.types.js';
