import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { newId } from '@imprimatur/kernel';
import { type Person, TestService } from '../support/service';
import { SoftAuthenticator } from '../support/soft-authenticator';
import { strangerOf } from '../support/stranger';
import { PORTRAIT, Story } from '../support/story';

const SOON = new Date(Date.now() + 3_600_000).toISOString();
const LATER = new Date(Date.now() + 7_200_000).toISOString();

/** The same id of nothing, in the form of its kind. */
const absent = (id: string): string => id.replace(/_.*/, `_${newId('request')}`);

describe('another tenant sees nothing', () => {
  let service: TestService;
  let stranger: Person;
  let owner: Person;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    service = await TestService.start();
    const story = await Story.begin(service);
    owner = story.creator;
    stranger = await strangerOf(service);
    const plain = await sharp({ create: { width: 200, height: 150, channels: 3, background: '#385' } })
      .png()
      .toBuffer();
    ids.asset = await story.upload(plain);
    ids.session = await story.session([ids.asset]);
    ids.turn = await story.submit(ids.session, ids.asset, 'brighten by 10%');
    const item = await story.settled(ids.turn);
    ids.item = item.id;
    ids.task = item.reviewTask?.id ?? '';
    ids.version = item.resultVersion?.id ?? '';
    await story.approve(item);
    await review(story);
    const started = await story.startExport(ids.version, 'PNG');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    ids.export = started.export.id;
    await story.exported(ids.export);
    const { auditEvents } = await story.auditor.graphql<{ auditEvents: { edges: { node: { id: string } }[] } }>(
      '{ auditEvents(first: 1) { edges { node { id } } } }',
    );
    ids.entry = auditEvents.edges[0]?.node.id ?? '';
    const { grantLogAccess } = await story.auditor.graphql<{ grantLogAccess: { access: { id: string } } }>(
      'mutation { grantLogAccess(input: { idempotencyKey: "sweep" }) { ... on GrantLogAccessSuccess { access { id } } } }',
    );
    ids.access = grantLogAccess.access.id;
    const bill = await fetch(`${service.url}/reconciliations?provider=gemini`, {
      method: 'POST',
      headers: story.auditor.headers({ 'content-type': 'text/csv', 'idempotency-key': 'bill' }),
      body: 'time\n2026-03-01T12:00:00Z\n',
    });
    ids.reconciliation = ((await bill.json()) as { reconciliation: { id: string } }).reconciliation.id;
    const portrait = await story.upload(PORTRAIT);
    await story.screened(portrait);
    const { attestFace } = await owner.graphql<{ attestFace: { attestation: { id: string } } }>(
      `mutation { attestFace(input: ${input(`asset: "${portrait}" face: 0 ground: NOT_IDENTIFIABLE reason: "r"`)}) { ... on AttestFaceSuccess { attestation { id } } } }`,
    );
    ids.attestation = attestFace.attestation.id;
    await story.consent(portrait);
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string } }[] } }>(
      '{ consentRecords { edges { node { id } } } }',
    );
    ids.consent = consentRecords.edges[0]?.node.id ?? '';
    const { issueConsentReceipt } = await story.legal.graphql<{ issueConsentReceipt: { receipt: { id: string } } }>(
      `mutation { issueConsentReceipt(input: ${input(`consent: "${ids.consent}"`)}) { ... on IssueConsentReceiptSuccess { receipt { id } } } }`,
    );
    ids.receipt = issueConsentReceipt.receipt.id;
    const { issueConsentReceipt: given } = await story.legal.graphql<{
      issueConsentReceipt: { capability: string; receipt: { id: string } };
    }>(
      `mutation { issueConsentReceipt(input: ${input(`consent: "${await otherConsent(story)}"`)}) { ... on IssueConsentReceiptSuccess { capability receipt { id } } } }`,
    );
    await fetch(`${service.url}/receipts/${given.receipt.id}/withdraw`, {
      method: 'POST',
      headers: { authorization: `Bearer ${given.capability}` },
    });
    const { notices } = await story.legal.graphql<{ notices: { edges: { node: { id: string } }[] } }>(
      '{ notices { edges { node { id } } } }',
    );
    ids.notice = notices.edges[0]?.node.id ?? '';
    const { policyVersions } = await (
      await service.signIn('pia')
    ).graphql<{ policyVersions: { edges: { node: { id: string } }[] } }>('{ policyVersions { edges { node { id } } } }');
    ids.bundle = policyVersions.edges[0]?.node.id ?? '';
    const { startPolicySimulation } = await (
      await service.signIn('pia')
    ).graphql<{ startPolicySimulation: { simulation: { id: string } } }>(
      `mutation { startPolicySimulation(input: ${input(`to: "${ids.bundle}" since: "2026-01-01T00:00:00Z" until: "2026-01-02T00:00:00Z"`)}) { ... on StartPolicySimulationSuccess { simulation { id } } } }`,
    );
    ids.simulation = startPolicySimulation.simulation.id;
    const { startTraining } = await owner.graphql<{ startTraining: { attempt: { id: string } } }>(
      `mutation { startTraining(input: ${input('module: "consent"')}) { ... on StartTrainingSuccess { attempt { id } } } }`,
    );
    ids.training = startTraining.attempt.id;
    await signAndGrant(await service.signIn('tom'), await service.signIn('ben'));
    await webhookAndDelivery(await service.signIn('tom'));
    await keepAndErase(story, await service.signIn('tom'));
    const { viewer } = await owner.graphql<{ viewer: { tenant: { id: string } } }>('{ viewer { tenant { id } } }');
    ids.tenant = viewer.tenant.id;
  }, 180_000);
  afterAll(() => service?.close());

  /** A pin on a second turn, its decision, and a conflict. */
  async function review(story: Story): Promise<void> {
    const { approver } = story;
    const item = await story.settled(await story.submit(ids.session ?? '', ids.asset ?? '', 'brighten by 10%'));
    const claim = await story.claim(approver, item.reviewTask?.id ?? '');
    if (claim.__typename === 'Refused') throw new Error(claim.code);
    const words = 'outcome: REQUEST_CHANGES reasonCode: "fix-artefact" text: "t" pins: [{ x: 0.5, y: 0.5, text: "t" }]';
    const claimed = `task: "${item.reviewTask?.id}" leaseToken: "${claim.leaseToken}" contentSha256: "${claim.task.contentSha256}"`;
    const { decideTask } = await approver.graphql<{ decideTask: { task: { pins: { id: string }[]; decisions: { id: string }[] } } }>(
      `mutation { decideTask(input: ${input(`${claimed} ${words}`)}) { ... on DecideTaskSuccess { task { pins { id } decisions { id } } } } }`,
    );
    ids.pin = decideTask.task.pins[0]?.id ?? '';
    ids.decision = decideTask.task.decisions[0]?.id ?? '';
    const { declareConflict } = await approver.graphql<{ declareConflict: { conflict: { id: string } } }>(
      `mutation { declareConflict(input: ${input(`kind: ASSET target: "${ids.asset}" reason: "r"`)}) { ... on DeclareConflictSuccess { conflict { id } } } }`,
    );
    ids.conflict = declareConflict.conflict.id;
  }

  /** Of a picture of its own, to be withdrawn. */
  async function otherConsent(story: Story): Promise<string> {
    const asset = await story.upload(await sharp(PORTRAIT).flop().jpeg().toBuffer());
    await story.screened(asset);
    await story.consent(asset);
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string } }[] } }>(
      '{ consentRecords(first: 1) { edges { node { id } } } }',
    );
    return consentRecords.edges[0]?.node.id ?? '';
  }

  /** An authenticator, and a role that waits for a second administrator, since there are two. */
  async function signAndGrant(admin: Person, approver: Person): Promise<void> {
    const { beginCredential } = await approver.graphql<{ beginCredential: { credential: string; challenge: string } }>(
      `mutation { beginCredential(input: ${input('')}) { ... on BeginCredentialSuccess { credential challenge } } }`,
    );
    ids.credential = beginCredential.credential;
    const answer = new SoftAuthenticator('http://localhost:0').create(beginCredential.challenge);
    const { finishCredential } = await approver.graphql<{ finishCredential: { __typename: string } }>(
      `mutation($input: FinishCredentialInput!) { finishCredential(input: $input) { __typename } }`,
      { input: { idempotencyKey: 'enrol', credential: ids.credential, label: 'k', ...answer } },
    );
    expect(finishCredential.__typename).toBe('FinishCredentialSuccess');
    const { viewer } = await approver.graphql<{ viewer: { id: string } }>('{ viewer { id } }');
    for (const role of ['TENANT_ADMIN', 'AUDITOR'])
      await admin.graphql(`mutation { grantRole(input: ${input(`member: "${viewer.id}" role: ${role}`)}) { __typename } }`);
    const { node } = await admin.graphql<{ node: { grants: { id: string; state: string }[] } }>(
      `{ node(id: "${viewer.id}") { ... on Member { grants { id state } } } }`,
    );
    ids.grant = node.grants.find(({ state }) => state === 'PROPOSED')?.id ?? '';
    ids.signer = viewer.id;
  }

  /** A webhook that was told of itself; nothing listens there. */
  async function webhookAndDelivery(admin: Person): Promise<void> {
    const { createWebhook } = await admin.graphql<{ createWebhook: { webhook: { id: string } } }>(
      `mutation { createWebhook(input: ${input('url: "http://127.0.0.1:9/" eventTypes: ["webhook.created"]')}) { ... on CreateWebhookSuccess { webhook { id } } } }`,
    );
    ids.webhook = createWebhook.webhook.id;
    const { webhookDeliveries } = await admin.graphql<{ webhookDeliveries: { edges: { node: { id: string } }[] } }>(
      `{ webhookDeliveries(webhook: "${ids.webhook}") { edges { node { id } } } }`,
    );
    ids.delivery = webhookDeliveries.edges[0]?.node.id ?? '';
  }

  /** A hold, and a member who was erased. */
  async function keepAndErase(story: Story, admin: Person): Promise<void> {
    const { legal } = story;
    const { placeLegalHold } = await legal.graphql<{ placeLegalHold: { hold: { id: string } } }>(
      `mutation { placeLegalHold(input: ${input(`kind: ASSET target: "${ids.asset}" matter: "m" reason: "r"`)}) { ... on PlaceLegalHoldSuccess { hold { id } } } }`,
    );
    ids.hold = placeLegalHold.hold.id;
    const { breakGlass } = await legal.graphql<{ breakGlass: { exception: { id: string } } }>(
      `mutation { breakGlass(input: ${input(`rule: "usage.sexual.hold" scopeKind: ASSET scope: "${ids.asset}" reason: "r" until: "${SOON}"`)}) { ... on BreakGlassSuccess { exception { id } } } }`,
    );
    ids.exception = breakGlass.exception.id;
    const { listKnownPicture } = await legal.graphql<{ listKnownPicture: { knownPicture: { id: string } } }>(
      `mutation { listKnownPicture(input: ${input(`version: "${ids.version}" listAs: RESTRICTED reason: "r"`)}) { ... on ListKnownPictureSuccess { knownPicture { id } } } }`,
    );
    ids['known-picture'] = listKnownPicture.knownPicture.id;
    const spare = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#808' } })
      .png()
      .toBuffer();
    const { asset: other } = await legal.graphql<{ asset: { versions: { edges: { node: { id: string } }[] } } }>(
      `{ asset(id: "${await story.upload(spare)}") { versions { edges { node { id } } } } }`,
    );
    const two = await Promise.all(
      [legal, story.approver].map(async (person) => (await person.graphql<{ viewer: { id: string } }>('{ viewer { id } }')).viewer.id),
    );
    const { quarantineVersion } = await legal.graphql<{ quarantineVersion: { case: { id: string } } }>(
      `mutation { quarantineVersion(input: ${input(`version: "${other.versions.edges[0]?.node.id}" ground: OTHER reason: "r" handlers: ["${two.join('", "')}"]`)}) { ... on QuarantineVersionSuccess { case { id } } } }`,
    );
    ids.case = quarantineVersion.case.id;
    const { members } = await admin.graphql<{ members: { edges: { node: { id: string; roles: string[] } }[] } }>(
      '{ members { edges { node { id roles } } } }',
    );
    ids.subject = members.edges.find(({ node }) => node.roles.includes('POLICY_ADMIN'))?.node.id ?? '';
    const { planErasure } = await legal.graphql<{ planErasure: { digest: string } }>(
      `{ planErasure(subject: "${ids.subject}") { digest } }`,
    );
    const { eraseSubject } = await legal.graphql<{ eraseSubject: { erasure: { id: string } } }>(
      `mutation { eraseSubject(input: ${input(`subject: "${ids.subject}" planDigest: "${planErasure.digest}" reason: "r"`)}) { ... on EraseSubjectSuccess { erasure { id } } } }`,
    );
    ids.erasure = eraseSubject.erasure.id;
  }

  const input = (fields: string): string => `{ idempotencyKey: "${randomBytes(8).toString('hex')}" ${fields} }`;
  const REFUSED = '{ __typename ... on Refused { code message } }';

  /** Every operation that takes an id, as text around it. */
  const OPERATIONS: readonly (readonly [string, string, (id: string) => string])[] = [
    ...[
      'asset',
      'version',
      'session',
      'turn',
      'item',
      'task',
      'export',
      'entry',
      'hold',
      'exception',
      'known-picture',
      'case',
      'attestation',
      'consent',
      'receipt',
      'notice',
      'bundle',
      'simulation',
      'erasure',
      'access',
      'reconciliation',
      'credential',
      'webhook',
      'delivery',
      'pin',
      'conflict',
    ].map((kind) => [`node of ${kind}`, kind, (id: string) => `{ node(id: "${id}") { id } }`] as const),
    ['asset', 'asset', (id) => `{ asset(id: "${id}") { id name } }`],
    ['version', 'version', (id) => `{ version(id: "${id}") { id sha256 } }`],
    ['session', 'session', (id) => `{ session(id: "${id}") { id name } }`],
    ['turn', 'turn', (id) => `{ turn(id: "${id}") { id prompt } }`],
    ['reviewTask', 'task', (id) => `{ reviewTask(id: "${id}") { id } }`],
    ['export', 'export', (id) => `{ export(id: "${id}") { id } }`],
    ['reconciliation', 'reconciliation', (id) => `{ reconciliation(id: "${id}") { id findings { edges { cursor } } } }`],
    ['legalHold', 'hold', (id) => `{ legalHold(id: "${id}") { id matter reason } }`],
    ['policyVersion', 'bundle', (id) => `{ policyVersion(id: "${id}") { id hash } }`],
    ['policyDiff', 'bundle', (id) => `{ policyDiff(from: "${id}", to: "${id}") { area } }`],
    ['activatePolicy', 'bundle', (id) => `mutation { activatePolicy(input: ${input(`policyVersion: "${id}"`)}) ${REFUSED} }`],
    ['rollBackPolicy', 'bundle', (id) => `mutation { rollBackPolicy(input: ${input(`policyVersion: "${id}" reason: "x"`)}) ${REFUSED} }`],
    ['shadowPolicy', 'bundle', (id) => `mutation { shadowPolicy(input: ${input(`policyVersion: "${id}"`)}) ${REFUSED} }`],
    ['canaryPolicy', 'bundle', (id) => `mutation { canaryPolicy(input: ${input(`policyVersion: "${id}" sharePermille: 1`)}) ${REFUSED} }`],
    ['endPolicyTrial', 'bundle', (id) => `mutation { endPolicyTrial(input: ${input(`policyVersion: "${id}"`)}) ${REFUSED} }`],
    ['policySimulation', 'simulation', (id) => `{ policySimulation(id: "${id}") { state cells { count } } }`],
    [
      'startPolicySimulation',
      'bundle',
      (id) =>
        `mutation { startPolicySimulation(input: ${input(`to: "${id}" since: "2026-01-01T00:00:00Z" until: "2026-01-02T00:00:00Z"`)}) ${REFUSED} }`,
    ],
    [
      'cancelPolicySimulation',
      'simulation',
      (id) => `mutation { cancelPolicySimulation(input: ${input(`simulation: "${id}"`)}) ${REFUSED} }`,
    ],
    ['credentials', 'signer', (id) => `{ credentials(member: "${id}") { edges { node { id label credentialId } } } }`],
    ['revokeCredential', 'credential', (id) => `mutation { revokeCredential(input: ${input(`credential: "${id}"`)}) ${REFUSED} }`],
    [
      'finishCredential',
      'credential',
      (id) =>
        `mutation { finishCredential(input: ${input(`credential: "${id}" label: "x" credentialId: "x" attestationObject: "x" clientDataJSON: "x"`)}) ${REFUSED} }`,
    ],
    ['confirmRoleGrant', 'grant', (id) => `mutation { confirmRoleGrant(input: ${input(`grant: "${id}"`)}) ${REFUSED} }`],
    ...(
      [
        ['CONFIRM_ROLE_GRANT', 'grant'],
        ['ACTIVATE_POLICY', 'bundle'],
        ['APPROVE_POLICY_EXCEPTION', 'exception'],
        ['DECIDE_TASK', 'task'],
      ] as const
    ).map(
      ([kind, of]) =>
        [
          `beginStatement ${kind}`,
          of,
          (id: string) =>
            `mutation { beginStatement(input: ${input(`kind: ${kind} target: "${id}" outcome: APPROVE contentSha256: "${'0'.repeat(64)}"`)}) ${REFUSED} }`,
        ] as const,
    ),
    ['faceAttestation', 'attestation', (id) => `{ faceAttestation(id: "${id}") { id ground reason } }`],
    ['faceAttestations of asset', 'asset', (id) => `{ faceAttestations(asset: "${id}") { edges { node { id } } } }`],
    [
      'attestFace',
      'asset',
      (id) => `mutation { attestFace(input: ${input(`asset: "${id}" face: 0 ground: NOT_IDENTIFIABLE reason: "x"`)}) ${REFUSED} }`,
    ],
    [
      'confirmFaceAttestation',
      'attestation',
      (id) => `mutation { confirmFaceAttestation(input: ${input(`attestation: "${id}"`)}) ${REFUSED} }`,
    ],
    [
      'endFaceAttestation',
      'attestation',
      (id) => `mutation { endFaceAttestation(input: ${input(`attestation: "${id}" reason: "x"`)}) ${REFUSED} }`,
    ],
    ['quarantineCase', 'case', (id) => `{ quarantineCase(id: "${id}") { id reason complaints { name } versions { id } } }`],
    [
      'quarantineVersion',
      'version',
      (id) =>
        `mutation { quarantineVersion(input: ${input(`version: "${id}" ground: OTHER reason: "x" handlers: ["${ids.subject}"]`)}) ${REFUSED} }`,
    ],
    ...['beginQuarantine', 'nameCaseHandlers'].map(
      (operation) =>
        [
          operation,
          'case',
          (id: string) => `mutation { ${operation}(input: ${input(`case: "${id}" handlers: ["${ids.subject}"]`)}) ${REFUSED} }`,
        ] as const,
    ),
    [
      'proposeCaseEnd',
      'case',
      (id) => `mutation { proposeCaseEnd(input: ${input(`case: "${id}" outcome: RESTORE reason: "x"`)}) ${REFUSED} }`,
    ],
    ['confirmCaseEnd', 'case', (id) => `mutation { confirmCaseEnd(input: ${input(`case: "${id}"`)}) ${REFUSED} }`],
    ['knownPicture', 'known-picture', (id) => `{ knownPicture(id: "${id}") { id version reason } }`],
    [
      'listKnownPicture',
      'version',
      (id) => `mutation { listKnownPicture(input: ${input(`version: "${id}" listAs: RESTRICTED reason: "x"`)}) ${REFUSED} }`,
    ],
    [
      'liftKnownPicture',
      'known-picture',
      (id) => `mutation { liftKnownPicture(input: ${input(`knownPicture: "${id}" reason: "x"`)}) ${REFUSED} }`,
    ],
    ['consentReceipts', 'consent', (id) => `{ consentReceipts(consent: "${id}") { edges { node { id document } } } }`],
    ['issueConsentReceipt', 'consent', (id) => `mutation { issueConsentReceipt(input: ${input(`consent: "${id}"`)}) ${REFUSED} }`],
    ['withdrawConsent', 'consent', (id) => `mutation { withdrawConsent(input: ${input(`consent: "${id}" reason: "x"`)}) ${REFUSED} }`],
    ['memberTraining', 'subject', (id) => `{ memberTraining(member: "${id}") { acknowledgedAt trainings { module state } } }`],
    ['submitTraining', 'training', (id) => `mutation { submitTraining(input: ${input(`attempt: "${id}" answers: []`)}) ${REFUSED} }`],
    ['acknowledgePolicy', 'bundle', (id) => `mutation { acknowledgePolicy(input: ${input(`bundle: "${id}"`)}) ${REFUSED} }`],
    ['markNoticeRead', 'notice', (id) => `mutation { markNoticeRead(input: ${input(`notice: "${id}"`)}) ${REFUSED} }`],
    ['webhookDeliveries', 'webhook', (id) => `{ webhookDeliveries(webhook: "${id}") { edges { node { id type } } } }`],
    ...['rotateWebhookSecret', 'disableWebhook', 'enableWebhook'].map(
      (operation) =>
        [operation, 'webhook', (id: string) => `mutation { ${operation}(input: ${input(`webhook: "${id}"`)}) ${REFUSED} }`] as const,
    ),
    ['replayDelivery', 'delivery', (id) => `mutation { replayDelivery(input: ${input(`delivery: "${id}"`)}) ${REFUSED} }`],
    ['policyException', 'exception', (id) => `{ policyException(id: "${id}") { id rule reason } }`],
    [
      'approvePolicyException',
      'exception',
      (id) => `mutation { approvePolicyException(input: ${input(`exception: "${id}"`)}) ${REFUSED} }`,
    ],
    [
      'endPolicyException',
      'exception',
      (id) => `mutation { endPolicyException(input: ${input(`exception: "${id}" reason: "x"`)}) ${REFUSED} }`,
    ],
    [
      'reviewBreakGlass',
      'exception',
      (id) => `mutation { reviewBreakGlass(input: ${input(`exception: "${id}" justified: true reason: "x"`)}) ${REFUSED} }`,
    ],
    ...(['asset', 'session', 'subject'] as const).flatMap((kind) =>
      (['proposePolicyException', 'breakGlass'] as const).map(
        (operation) =>
          [
            `${operation} on ${kind}`,
            kind,
            (id: string) =>
              `mutation { ${operation}(input: ${input(`rule: "usage.sexual.hold" scopeKind: ${kind.toUpperCase()} scope: "${id}" reason: "x" until: "${SOON}"`)}) ${REFUSED} }`,
          ] as const,
      ),
    ),
    ['erasure', 'erasure', (id) => `{ erasure(id: "${id}") { id subject reason copies { kind } } }`],
    ['planErasure', 'subject', (id) => `{ planErasure(subject: "${id}") { digest copies { count } } }`],
    [
      'eraseSubject',
      'subject',
      (id) => `mutation { eraseSubject(input: ${input(`subject: "${id}" planDigest: "${'0'.repeat(64)}" reason: "x"`)}) ${REFUSED} }`,
    ],
    ['releaseLegalHold', 'hold', (id) => `mutation { releaseLegalHold(input: ${input(`hold: "${id}" reason: "x"`)}) ${REFUSED} }`],
    ...(['asset', 'session', 'subject', 'tenant'] as const).map(
      (kind) =>
        [
          `placeLegalHold on ${kind}`,
          kind,
          (id: string) =>
            `mutation { placeLegalHold(input: ${input(`kind: ${kind.toUpperCase()} target: "${id}" matter: "m" reason: "x"`)}) ${REFUSED} }`,
        ] as const,
    ),
    ['auditEvents of asset', 'asset', (id) => `{ auditEvents(filter: { asset: "${id}" }) { edges { node { id } } } }`],
    ['auditEvents of turn', 'turn', (id) => `{ auditEvents(filter: { turn: "${id}" }) { edges { node { id } } } }`],
    [
      'auditEvents of everything',
      'item',
      (id) => `{ auditEvents(filter: { item: "${id}" types: ["item.held"] }) { edges { node { id } } totalCount { count } } }`,
    ],
    ['assetTrail', 'asset', (id) => `{ assetTrail(asset: "${id}") { isWhole edges { node { id } } assets { asset complete { seqTo } } } }`],
    [
      'discloseParts',
      'entry',
      (id) => `mutation { discloseParts(input: ${input(`entry: "${id}" parts: ["name"] reason: "x"`)}) ${REFUSED} }`,
    ],
    ['revokeLogAccess', 'access', (id) => `mutation { revokeLogAccess(input: ${input(`access: "${id}"`)}) ${REFUSED} }`],
    [
      'openSession',
      'asset',
      (id) => `mutation { openSession(input: ${input(`name: "x" useCase: "marketing" assets: ["${id}"]`)}) ${REFUSED} }`,
    ],
    [
      'submitTurn',
      'session',
      (id) => `mutation { submitTurn(input: ${input(`session: "${id}" prompt: "brighten" targets: []`)}) ${REFUSED} }`,
    ],
    ...(['session', 'asset'] as const).map(
      (kind) =>
        [
          `preflight of ${kind}`,
          kind,
          (id: string) =>
            `{ preflight(input: { session: "${kind === 'session' ? id : ids.session}" prompt: "x" targets: [{ asset: "${kind === 'asset' ? id : ids.asset}" }] }) ${REFUSED} }`,
        ] as const,
    ),
    ['cancelTurn', 'turn', (id) => `mutation { cancelTurn(input: ${input(`turn: "${id}"`)}) ${REFUSED} }`],
    ['answerClarification', 'item', (id) => `mutation { answerClarification(input: ${input(`item: "${id}" answer: "x"`)}) ${REFUSED} }`],
    ['claimTask', 'task', (id) => `mutation { claimTask(input: ${input(`task: "${id}"`)}) ${REFUSED} }`],
    ...[
      ['extendLease', ''],
      ['returnTask', ''],
      ['skipTask', 'ground: PERSONAL'],
      ['snoozeTask', `until: "${SOON}"`],
      ['delegateTask', `to: "subject_${newId('subject')}"`],
    ].map(
      ([operation, more]) =>
        [
          `${operation}`,
          'task',
          (id: string) =>
            `mutation { ${operation}(input: ${input(`task: "${id}" leaseToken: "${newId('request')}" ${more}`)}) ${REFUSED} }`,
        ] as const,
    ),
    [
      'setAbsence',
      'subject',
      (id) => `mutation { setAbsence(input: ${input(`absence: { from: "${SOON}" until: "${LATER}" deputy: "${id}" }`)}) ${REFUSED} }`,
    ],
    [
      'decideTask',
      'task',
      (id) =>
        `mutation { decideTask(input: ${input(`task: "${id}" leaseToken: "${newId('request')}" outcome: APPROVE reasonCode: "meets-policy" contentSha256: "${'0'.repeat(64)}"`)}) ${REFUSED} }`,
    ],
    [
      'decideTasks',
      'task',
      (id) =>
        `mutation { decideTasks(input: ${input(`tasks: [{ task: "${id}" contentSha256: "${'0'.repeat(64)}" }] outcome: APPROVE reasonCode: "meets-policy"`)}) ${REFUSED} }`,
    ],
    ['undoDecision', 'decision', (id) => `mutation { undoDecision(input: ${input(`decision: "${id}"`)}) ${REFUSED} }`],
    ['rejudgeTask', 'task', (id) => `mutation { rejudgeTask(input: ${input(`task: "${id}"`)}) ${REFUSED} }`],
    ['appealDecision', 'item', (id) => `mutation { appealDecision(input: ${input(`item: "${id}" reason: "x"`)}) ${REFUSED} }`],
    [
      'requestPublication',
      'version',
      (id) => `mutation { requestPublication(input: ${input(`version: "${id}" reason: "x"`)}) ${REFUSED} }`,
    ],
    ['commentOnPin', 'pin', (id) => `mutation { commentOnPin(input: ${input(`pin: "${id}" text: "x"`)}) ${REFUSED} }`],
    ['resolvePin', 'pin', (id) => `mutation { resolvePin(input: ${input(`pin: "${id}"`)}) ${REFUSED} }`],
    ...(['asset', 'session', 'subject'] as const).map(
      (kind) =>
        [
          `declareConflict with ${kind}`,
          kind,
          (id: string) =>
            `mutation { declareConflict(input: ${input(`kind: ${kind.toUpperCase()} target: "${id}" reason: "x"`)}) ${REFUSED} }`,
        ] as const,
    ),
    ['exportVersion', 'version', (id) => `mutation { exportVersion(input: ${input(`version: "${id}"`)}) ${REFUSED} }`],
    [
      'amendConsent',
      'consent',
      (id) => `mutation { amendConsent(input: ${input(`consent: "${id}" modelRelease: "MR-LMR" reason: "x"`)}) ${REFUSED} }`,
    ],
    [
      'recordSourceRights',
      'asset',
      (id) => `mutation { recordSourceRights(input: ${input(`asset: "${id}" declared: OWNED`)}) ${REFUSED} }`,
    ],
    [
      'registerConsent',
      'asset',
      (id) =>
        `mutation { registerConsent(input: ${input(`asset: "${id}" face: 0 person: "x" ageBand: ADULT method: "signed-form" noticeText: "x" scope: { useCases: ["marketing"] kindsOfChange: ["retouch"] channels: ["website"] territories: ["*"] }`)}) ${REFUSED} }`,
    ],
  ];

  it.each(OPERATIONS)('%s answers for the object of another tenant as for none', async (_name, kind, document) => {
    const real = ids[kind] ?? '';
    expect(real).toMatch(/_[0-9a-f-]{36}$/);
    const plain = (answer: unknown): string => JSON.stringify(answer).replaceAll(/"requestId":"[^"]*"/g, '');
    const theirs = await stranger.post(document(real));
    const nothing = await stranger.post(document(absent(real)));
    expect(theirs.status).toBe(nothing.status);
    expect(plain(theirs.body)).toBe(plain(nothing.body));
    expect(plain(theirs.body)).not.toContain(real);
  });

  it.each([
    ['the picture', () => `/versions/${ids.version}/image`],
    ['the thumbnail', () => `/versions/${ids.version}/thumbnail`],
    ['the export', () => `/exports/${ids.export}/file`],
    ['the checkpoint', () => `/log/${ids.tenant}/checkpoint`],
    ['its file of entries', () => `/log/${ids.tenant}/tile/entries/000.p/1`],
  ])('%s is not found', async (_name, path) => {
    const answer = await stranger.get(path());
    expect(answer.status).toBe(404);
  });

  it('exports of the ledger and of questions and the list of accesses hold nothing of theirs', async () => {
    const exported = await (await stranger.get(`/ledger/export?asset=${ids.asset}`)).text();
    expect(exported).not.toContain((ids.asset ?? '').slice('asset_'.length));
    const asked = await (await stranger.get(`/policy-questions?from=2026-01-01T00:00:00Z&to=${SOON}`)).text();
    expect(asked).toBe('{"end":true,"questions":0}\n');
    const { logAccesses } = await stranger.graphql<{ logAccesses: { edges: unknown[] } }>('{ logAccesses { edges { node { id } } } }');
    expect(logAccesses.edges).toEqual([]);
  });

  it('a consent in their picture is not imported', async () => {
    const imported = async (asset: string): Promise<unknown> => {
      const answer = await fetch(`${stranger.url}/consents/import`, {
        method: 'POST',
        headers: stranger.headers({ 'content-type': 'text/csv', 'idempotency-key': randomBytes(8).toString('hex') }),
        body: `asset,face,person,ageBand,method,noticeText,useCases,kindsOfChange,channels,territories\n${asset},0,x,ADULT,signed-form,x,marketing,retouch,web,*\n`,
      });
      const { code, problems } = (await answer.json()) as { code: string; problems: { code: string }[] };
      return [answer.status, code, problems];
    };
    const real = await imported(ids.asset ?? '');
    expect(real).toMatchObject([422, 'CONSENT_IMPORT_INVALID', [{ line: 2, column: 'asset', code: 'NOT_FOUND' }]]);
    expect(real).toEqual(await imported(absent(ids.asset ?? '')));
  });

  it('lists are empty, while their owner sees what is there', async () => {
    const document = '{ assets { edges { node { id } } } sessions { edges { node { id } } } }';
    const count = (answer: { assets: { edges: unknown[] }; sessions: { edges: unknown[] } }) => [
      answer.assets.edges.length,
      answer.sessions.edges.length,
    ];
    expect(count(await stranger.graphql(document))).toEqual([0, 0]);
    expect(count(await owner.graphql(document))).toEqual([4, 1]);
    const told = '{ notices { edges { node { id } } } }';
    expect(await stranger.graphql(told)).toEqual({ notices: { edges: [] } });
  });
});
