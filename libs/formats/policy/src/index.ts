export type { Cedar, CedarPrinter } from './cedar.js';
export { type BundleData, type Manifest, type ReasonCode, type ReasonCodes, type TaxonomyClass, type UseCase } from './bundle.data.js';
export { type Condition, type Slot, slotsOf } from './review.data.js';
export { bundleHash, SIGNATURE_FILE } from './bundle.hash.js';
export {
  checkSignature,
  fingerprintOf,
  readSignature,
  signBundle,
  signedBytes,
  type BundleSignature,
  type SignatureCheck,
  type SignatureTools,
} from './bundle.signature.js';
export { lexiconFormat, type Combination, type Lexicon } from './lexicon.read.js';
export { type BundleChange, type ChangeArea, diffBundles } from './bundle.diff.js';
export { moduleDigest, usageTextDigest, type TrainingModule, type TrainingQuestion, type UsageText } from './training.read.js';
export { loadBundle, loadTestedBundle } from './bundle.load.js';
export type { BundleFiles, BundleProblem, BundleProblemCode } from './bundle.files.js';
export {
  RULE_MODES,
  RULE_OUTCOMES,
  type Bundle,
  type BundleRef,
  type BundleRefusal,
  type PolicyTools,
  type Rule,
  type RuleMode,
  type RuleOutcome,
} from './bundle.types.js';
export {
  decide,
  failClosed,
  isExceptable,
  systemFinding,
  verdictOf,
  type Decision,
  type ExceptedFinding,
  type PolicyFinding,
  type RuleException,
} from './decide.js';
export { withBrands } from './brands.js';
export {
  demandsFor,
  type DisclosureDemand,
  DISCLOSURE_KINDS,
  type DisclosureKind,
  labelFor,
  type MadeHow,
  missingOf,
  type VisibleLabel,
} from './disclosure.js';
export { mutantsOf, type Mutant } from './mutants.js';
export { fateOf, type MutantFate } from './mutants.run.js';
export { readQuestion, type ReadQuestion } from './question.read.js';
export { type GoldenCase } from './golden.types.js';
export { runGoldens, tellFailure, type GoldenFailure } from './golden.run.js';
export { CLAIMS_MAX, SYSTEM_QUEUE, type Queue, type Route } from './queues.data.js';
export { LAST_RESORT, placeIn, routeOf, type Routed, type Routing } from './route.js';
export { afterWorkingMinutes, type WorkingHours } from './working.hours.js';
export { prepare, prepareEnforced, type PreparedBundle } from './prepare.js';
export {
  GATES,
  KNOWN_AS,
  LICENSED_USES,
  ORIGIN_MISMATCHES,
  OPERATIONS,
  QUESTIONS,
  questionAsJson,
  SOURCE_RESTRICTIONS,
  SOURCE_RIGHTS,
  VENDOR_TERMS,
  type AskerFacts,
  type ExportPaceFacts,
  type LicenceFacts,
  type PaceFacts,
  type OriginMismatch,
  type SinceRootFacts,
  type VendorFacts,
  type AutoReleaseFacts,
  type EditTurnFacts,
  type ExportFacts,
  type Gate,
  type KnownAs,
  type Operation,
  type PolicyQuestion,
  type PurposeFacts,
  type Question,
  type RenderedFacts,
  type RequestFacts,
  type RightsFacts,
  type Scores,
  type SourceRestriction,
  type SourceRights,
} from './question.js';
export {
  answerOf,
  type BundleAnswer,
  cellOf,
  EMPTY_TALLY,
  EXAMPLES_MAX,
  mergeTallies,
  type PastQuestion,
  reviewsPerDay,
  simulate,
  type SimulationCell,
  type SimulationTally,
} from './simulate.js';
