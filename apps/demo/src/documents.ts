const REFUSED = `... on Refused { __typename code message remedy }`;

export const DUTIES = `query Duties { duties { usage { bundle version title acknowledgedAt } } }`;

export const ACKNOWLEDGE_POLICY = `mutation AcknowledgePolicy($input: AcknowledgePolicyInput!) {
  acknowledgePolicy(input: $input) { __typename ... on AcknowledgePolicySuccess { duties { usage { acknowledgedAt } } } ${REFUSED} }
}`;

export const OPEN_SESSION = `mutation OpenSession($input: OpenSessionInput!) {
  openSession(input: $input) { __typename ... on OpenSessionSuccess { session { id } } ${REFUSED} }
}`;

export const SCREENING = `query Screening($asset: ID!) {
  asset(id: $asset) { facts screening { state faces { left score } } versions(first: 1) { edges { node { width height format sha256 } } } }
}`;

export const REGISTER_CONSENT = `mutation RegisterConsent($input: RegisterConsentInput!) {
  registerConsent(input: $input) { __typename ... on RegisterConsentSuccess { consent { id } } ${REFUSED} }
}`;

export const SUBMIT_TURN = `mutation SubmitTurn($input: SubmitTurnInput!) {
  submitTurn(input: $input) { __typename ... on SubmitTurnSuccess { turn { id items { id } } } ${REFUSED} }
}`;

export const TURN = `query Turn($id: ID!) {
  turn(id: $id) { id state items {
    id state question failure operations
    verdicts { gate outcome findings { rule reason citation remedy met } }
    resultVersion { id number releasedAt }
    reviewTask { id queue contentSha256 }
  } }
}`;

export const CLAIM_TASK = `mutation ClaimTask($input: ClaimTaskInput!) {
  claimTask(input: $input) { __typename ... on ClaimTaskSuccess { leaseToken task { id contentSha256 queue } } ${REFUSED} }
}`;

export const DECIDE_TASK = `mutation DecideTask($input: DecideTaskInput!) {
  decideTask(input: $input) { __typename ... on DecideTaskSuccess { task { id state } } ${REFUSED} }
}`;

export const EXPORT_VERSION = `mutation ExportVersion($input: ExportVersionInput!) {
  exportVersion(input: $input) { __typename ... on ExportVersionSuccess { export { id } } ${REFUSED} }
}`;

export const EXPORT = `query Export($id: ID!) {
  export(id: $id) { id state format fileUrl manifestUrn releaseIndex failure failureReason failureRemedy retryAt }
}`;

export const LEDGER = `query Ledger { ledger { origin size checkpoint vkey url } viewer { tenant { id } } }`;

export const ACTIVE_POLICY = `query ActivePolicy { activePolicy { name version hash reasonCodes } }`;
