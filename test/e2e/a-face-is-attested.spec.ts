import { type Person, type Refused, TestService } from '../support/service';
import { type Item, MARKETING, PORTRAIT, Story } from '../support/story';

interface Attestation {
  readonly id: string;
  readonly state: string;
  readonly ground: string;
  readonly reason: string | null;
}
type Answer = Refused | { readonly __typename: string; readonly attestation: Attestation; readonly report?: Record<string, number> };

let keys = 0;

async function run(person: Person, operation: string, input: Record<string, unknown>): Promise<Answer> {
  const type = operation[0]?.toUpperCase() + operation.slice(1);
  const report =
    operation === 'endFaceAttestation' ? 'report { versionsBlocked itemsEnded tasksClosed exportsFlagged exportsStopped }' : '';
  const answer = await person.graphql<Record<string, Answer>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) { __typename
       ... on ${type}Success { attestation { id state ground reason } ${report} } ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: `attestation-${(keys += 1)}`, ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

const codeOf = (answer: Answer): string => ('code' in answer ? answer.code : answer.__typename);

function attestationIn(answer: Answer): Attestation {
  if (!('attestation' in answer)) throw new Error(JSON.stringify(answer));
  return answer.attestation;
}

describe('a face is attested', () => {
  let service: TestService;
  let story: Story;
  let asset: string;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    asset = await story.upload(PORTRAIT, 'far-away.jpg');
    expect(await story.screened(asset)).toBe(1);
  }, 120_000);
  afterAll(() => service?.close());

  const wish = (more: object = {}) => ({
    asset,
    face: 0,
    ground: 'NOT_IDENTIFIABLE',
    reason: 'Nobody could know him: a figurine.',
    ...more,
  });
  const edited = async (of = asset): Promise<Item> => (await story.edit(of, 'brighten by 10%', MARKETING)).item;
  const refusedBy = ({ verdicts }: Item): readonly string[] => verdicts.flatMap(({ findings }) => findings.map(({ rule }) => rule));

  it('by two people, and what rests on it ends with it', async () => {
    expect(refusedBy(await edited())).toContain('consent.faces');
    const made = attestationIn(await run(story.creator, 'attestFace', wish()));
    expect(made).toMatchObject({ state: 'PROPOSED', ground: 'NOT_IDENTIFIABLE', reason: 'Nobody could know him: a figurine.' });
    expect(refusedBy(await edited())).toContain('consent.faces');

    expect(codeOf(await run(story.creator, 'confirmFaceAttestation', { attestation: made.id }))).toBe('FORBIDDEN');
    const both = await Promise.all(
      [story.approver, story.legal].map((one) => run(one, 'confirmFaceAttestation', { attestation: made.id })),
    );
    expect(both.map(codeOf).sort()).toEqual(['ATTESTATION_NOT_OPEN', 'ConfirmFaceAttestationSuccess']);

    const item = await edited();
    expect(item.state).toBe('HELD');
    expect(refusedBy(item)).not.toContain('consent.faces');
    const [consent] = await service.database.asAdmin<{ evidence: { faces: { outcome: string }[] } }>(
      `select evidence from verdict where item = $1 and gate = 'consent' order by id limit 1`,
      [item.id.slice('item_'.length)],
    );
    expect(consent?.evidence.faces).toMatchObject([{ outcome: 'attested' }]);
    await story.approve(item);
    const started = await story.startExport(item.resultVersion?.id ?? '');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    expect((await story.exported(started.export.id)).state).toBe('DONE');

    // the same file uploaded again is another picture, of which nobody has said anything
    const again = await story.upload(PORTRAIT, 'again.jpg');
    await story.screened(again);
    expect(refusedBy(await edited(again))).toContain('consent.faces');

    const ended = await run(story.approver, 'endFaceAttestation', { attestation: made.id, reason: 'His brother wrote to us.' });
    expect(attestationIn(ended)).toMatchObject({ state: 'ENDED' });
    expect('report' in ended && ended.report).toEqual({
      versionsBlocked: 1,
      itemsEnded: 1,
      tasksClosed: 0,
      exportsFlagged: 1,
      exportsStopped: 0,
    });
    const { notices } = await story.creator.graphql<{ notices: { edges: { node: object }[] } }>(
      '{ notices { edges { node { kind attestation consent exports } } } }',
    );
    expect(notices.edges).toEqual([
      { node: { kind: 'ATTESTATION_ENDED', attestation: made.id, consent: null, exports: [expect.stringMatching(/^export_/) as string] } },
    ]);
    expect(await story.startExport(item.resultVersion?.id ?? '')).toMatchObject({ __typename: 'Refused' });
    await expect(edited()).rejects.toThrow(/VERSION_BLOCKED/);
    expect(codeOf(await run(story.legal, 'endFaceAttestation', { attestation: made.id, reason: 'again' }))).toBe('ATTESTATION_NOT_OPEN');
  }, 120_000);

  it('once at a time, with a reason, of a face that is there', async () => {
    const other = await story.upload(PORTRAIT, 'other.jpg');
    await story.screened(other);
    const both = await Promise.all([story.creator, story.legal].map((one) => run(one, 'attestFace', wish({ asset: other }))));
    expect(both.map(codeOf).sort()).toEqual(['ATTESTATION_EXISTS', 'AttestFaceSuccess']);
    const answers = await Promise.all([
      run(story.creator, 'attestFace', wish({ face: 1 })),
      run(story.creator, 'attestFace', wish({ reason: '' })),
      run(story.creator, 'attestFace', wish({ ground: 'RELEASE' })),
      run(story.creator, 'attestFace', wish({ reference: 'folder 12' })),
      run(story.creator, 'attestFace', wish({ asset: asset.replace(/.{12}$/, '000000000000') })),
      run(story.auditor, 'attestFace', wish()),
    ]);
    expect(answers.map(codeOf)).toEqual([
      'FACE_UNKNOWN',
      'ATTESTATION_INVALID',
      'ATTESTATION_INVALID',
      'ATTESTATION_INVALID',
      'NOT_FOUND',
      'FORBIDDEN',
    ]);
  }, 60_000);

  it('as exempt by legal alone', async () => {
    const crowd = await story.upload(PORTRAIT, 'crowd.jpg');
    await story.screened(crowd);
    const exempt = wish({ asset: crowd, ground: 'EXEMPT', reference: 'KUG § 23 (1) 3', reason: 'A public assembly.' });
    const made = attestationIn(await run(story.creator, 'attestFace', exempt));
    expect(codeOf(await run(story.approver, 'confirmFaceAttestation', { attestation: made.id }))).toBe('FORBIDDEN');
    expect(codeOf(await run(story.legal, 'confirmFaceAttestation', { attestation: made.id }))).toBe('ConfirmFaceAttestationSuccess');
    const declined = await run(story.creator, 'endFaceAttestation', { attestation: made.id, reason: 'x' });
    expect(codeOf(declined)).toBe('FORBIDDEN');
  }, 60_000);

  it('never against a consent that was withdrawn', async () => {
    const known = await story.upload(PORTRAIT, 'known.jpg');
    await story.screened(known);
    await story.consent(known);
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string } }[] } }>(
      '{ consentRecords(first: 1) { edges { node { id } } } }',
    );
    await story.legal.graphql(`mutation($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { __typename } }`, {
      input: { idempotencyKey: 'withdraw', consent: consentRecords.edges[0]?.node.id, reason: 'She asked us to.' },
    });
    const twin = await story.upload(PORTRAIT, 'twin.jpg');
    await story.screened(twin);
    const made = attestationIn(await run(story.creator, 'attestFace', wish({ asset: twin })));
    await run(story.legal, 'confirmFaceAttestation', { attestation: made.id });
    expect(refusedBy(await edited(twin))).toContain('consent.faces');
  }, 60_000);
});
