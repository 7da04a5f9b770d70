export { AttemptCopies, type AttemptCopy } from './attempt.copies.repository.js';
export { endingOf, TIMED_OUT } from './attempt.rules.js';
export { AttemptService } from './attempt.service.js';
export {
  ATTEMPT_OUTCOMES,
  type Attempt,
  type AttemptEnding,
  type AttemptOutcome,
  type NewAttempt,
  type NewEnding,
} from './attempt.types.js';
export type { AttemptRefusal } from './attempt.refusals.js';
export type { Declined, Intent, Question, QuestionCode, Scene } from './intents/intent.types.js';
export { applyAnswer, parseConversation, parseIntent, PROMPT_CHARS_MAX } from './intents/parse-intent.js';
export { KINDS_OF_CHANGE, type KindOfChange } from './kind-of-change.js';
export { LOCAL_MODEL, LocalProvider, type LocalProviderOptions } from './local/local.provider.js';
export { describeOperation, kindsOfChange } from './operation.rules.js';
export { readOperations } from './operation.schema.js';
export type { Area, Box, Operation, OperationName, Position } from './operation.types.js';
export { ProviderEnginesModule, ProvidersModule } from './providers.module.js';
export { PREFERRED_PROVIDER, PROVIDER_CATALOGUE, PROVIDERS, Providers } from './provider.registry.js';
export { CAPACITY } from './provider.types.js';
export type {
  AnsweredImage,
  AttemptReport,
  DeclaredAction,
  EditOutcome,
  EditRequest,
  Finish,
  Provider,
  ProviderTraits,
  SafetyReport,
  Usage,
} from './provider.types.js';
export { PRESETS } from './reconciliation.columns.js';
export type { ReconciliationRefusal } from './reconciliation.refusals.js';
export { WINDOW_SECONDS_DEFAULT } from './reconciliation.request.js';
export { ReconciliationService } from './reconciliation.service.js';
export {
  type BilledCall,
  type BillFile,
  type Columns,
  type Finding,
  FINDING_KINDS,
  type FindingKind,
  type FindingPage,
  type Period,
  type Reconciliation,
  type ReconciliationCounts,
  type ReconciliationRequest,
} from './reconciliation.types.js';
export type { TermsRefusal } from './terms/terms.refusals.js';
export { stateOf as termsStateOf } from './terms/terms.rules.js';
export { VendorTermsService } from './terms/terms.service.js';
export {
  type NewTerms,
  type PictureLicence,
  type TermsPage,
  TERMS_STATES,
  type TermsStanding,
  TERMS_STANDINGS,
  type TermsState,
  type VendorTerms,
} from './terms/terms.types.js';
