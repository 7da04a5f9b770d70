import sharp from 'sharp';
import { type Person, type Refused, TestService } from '../support/service';
import { DRAFT, type Item, PORTRAIT, Story } from '../support/story';

interface Known {
  readonly id: string;
  readonly version: string;
  readonly knownAs: string;
  readonly reason: string | null;
  readonly liftedAt: string | null;
}

type Answer = Refused | { readonly __typename: string; readonly knownPicture: Known };

const FIELDS = 'id version knownAs reason liftedAt';
let keys = 0;

async function run(person: Person, operation: string, input: Record<string, unknown>): Promise<Answer> {
  const type = operation[0]?.toUpperCase() + operation.slice(1);
  const answer = await person.graphql<Record<string, Answer>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) {
       __typename ... on ${type}Success { knownPicture { ${FIELDS} } } ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: `known-${(keys += 1)}`, ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

const codeOf = (answer: Answer): string => ('code' in answer ? answer.code : answer.__typename);
const rulesOf = ({ verdicts }: Item): readonly string[] => verdicts.flatMap(({ findings }) => findings.map(({ rule }) => rule));

describe('a picture meets its past', () => {
  let service: TestService;
  let story: Story;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
  }, 120_000);
  afterAll(() => service?.close());

  async function photo(colour: string, blocks: readonly [number, number][]): Promise<Buffer> {
    const squares = await Promise.all(
      blocks.map(async ([left, top]) => ({
        input: await sharp({ create: { width: 80, height: 80, channels: 3, background: '#fff' } })
          .png()
          .toBuffer(),
        left,
        top,
      })),
    );
    return sharp({ create: { width: 320, height: 320, channels: 3, background: colour } })
      .composite(squares)
      .png()
      .toBuffer();
  }

  async function uploadOf(bytes: Uint8Array): Promise<{ asset: string; version: string }> {
    const asset = await story.upload(bytes);
    await story.screened(asset);
    const found = await story.creator.graphql<{ asset: { versions: { edges: { node: { id: string } }[] } } }>(
      'query($id: ID!) { asset(id: $id) { versions(first: 1) { edges { node { id } } } } }',
      { id: asset },
    );
    return { asset, version: found.asset.versions.edges[0]?.node.id ?? '' };
  }

  const edited = async (asset: string, prompt = 'brighten by 10%'): Promise<Item> => (await story.edit(asset, prompt, DRAFT)).item;

  async function known(knownAs: string): Promise<readonly Known[]> {
    const { knownPictures } = await story.legal.graphql<{ knownPictures: { edges: { node: Known }[] } }>(
      `{ knownPictures(knownAs: ${knownAs}) { edges { node { ${FIELDS} } } } }`,
    );
    return knownPictures.edges.map(({ node }) => node);
  }

  async function reject(item: Item): Promise<void> {
    const task = item.reviewTask?.id ?? '';
    const claim = await story.claim(story.approver, task);
    if (claim.__typename === 'Refused') throw new Error(JSON.stringify(claim));
    const { leaseToken } = claim;
    const decided = await story.decide(story.approver, task, {
      ...{ leaseToken, contentSha256: claim.task.contentSha256, outcome: 'REJECT', reasonCode: 'policy-violation', text: 'Not like this.' },
    });
    if (decided.__typename === 'Refused') throw new Error(JSON.stringify(decided));
  }

  it('that people listed, also in another size and encoding, until they lift it', async () => {
    const bytes = await photo('#135', [
      [40, 40],
      [200, 200],
    ]);
    const { asset, version } = await uploadOf(bytes);
    expect((await edited(asset)).state).toBe('RELEASED');
    const wish = { version, listAs: 'PROHIBITED', reason: 'The unreleased product, shown by mistake.' };
    expect(codeOf(await run(story.creator, 'listKnownPicture', wish))).toBe('FORBIDDEN');
    expect(codeOf(await run(story.legal, 'listKnownPicture', { ...wish, reason: ' ' }))).toBe('LISTING_INVALID');

    const both = await Promise.all([1, 2].map(() => run(story.legal, 'listKnownPicture', wish)));
    expect(both.map(codeOf).sort()).toEqual(['ListKnownPictureSuccess', 'PICTURE_LISTED']);
    const [listed] = await known('PROHIBITED');
    expect(listed).toMatchObject({ version, reason: wish.reason, liftedAt: null });

    const copy = await uploadOf(await sharp(bytes).resize(200).jpeg({ quality: 70 }).toBuffer());
    const met = await edited(copy.asset);
    expect([met.state, rulesOf(met)]).toEqual(['REFUSED', ['moderation.known.refuse']]);
    const other = await uploadOf(
      await photo('#135', [
        [200, 40],
        [40, 200],
        [120, 120],
      ]),
    );
    expect((await edited(other.asset)).state).toBe('RELEASED');

    const lift = { knownPicture: listed?.id, reason: 'The product is out.' };
    expect(codeOf(await run(story.approver, 'liftKnownPicture', lift))).toBe('FORBIDDEN');
    expect(codeOf(await run(story.legal, 'liftKnownPicture', lift))).toBe('LiftKnownPictureSuccess');
    expect(codeOf(await run(story.legal, 'liftKnownPicture', lift))).toBe('PICTURE_NOT_LISTED');
    expect((await edited(copy.asset)).state).toBe('RELEASED');
  }, 60_000);

  it('that a reviewer rejected, as a new upload; the picture that it was made from does not', async () => {
    const bytes = await photo('#420', [
      [10, 10],
      [120, 10],
      [230, 10],
    ]);
    const { asset } = await uploadOf(bytes);
    const held = (await story.edit(asset, 'add the text "SALE" in the middle', { useCase: 'marketing', channel: 'website' })).item;
    expect(held.state).toBe('HELD');
    const image = await story.creator.get(`/versions/${held.resultVersion?.id}/image`);
    const result = new Uint8Array(await image.arrayBuffer());
    await reject(held);
    expect((await known('REFUSED')).map(({ version }) => version)).toEqual([held.resultVersion?.id]);

    const again = await uploadOf(result);
    const met = await edited(again.asset);
    expect([met.state, rulesOf(met)]).toEqual(['HELD_BEFORE', ['moderation.known.hold']]);
    expect((await edited((await uploadOf(bytes)).asset)).state).toBe('RELEASED');
    // the next turn goes on from the newest version, which is what was rejected
    expect(rulesOf(await edited(asset))).toEqual(['moderation.known.hold']);
  }, 60_000);

  it('that somebody withdrew: blocked once, and held when it comes back with a new consent', async () => {
    const { asset } = await uploadOf(PORTRAIT);
    await story.consent(asset, DRAFT);
    expect((await edited(asset)).state).toBe('RELEASED');
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string } }[] } }>(
      '{ consentRecords { edges { node { id } } } }',
    );
    const withdrawn = await story.legal.graphql<{ withdrawConsent: { __typename: string } }>(
      'mutation($id: ID!) { withdrawConsent(input: { idempotencyKey: "withdraw-known" consent: $id reason: "asked" }) { __typename } }',
      { id: consentRecords.edges[0]?.node.id },
    );
    expect(withdrawn.withdrawConsent.__typename).toBe('WithdrawConsentSuccess');
    expect((await known('WITHDRAWN')).length).toBe(2);

    const again = await uploadOf(await sharp(PORTRAIT).resize(500).jpeg().toBuffer());
    const refused = await edited(again.asset);
    expect([refused.state, rulesOf(refused)]).toEqual(['REFUSED', ['consent.faces']]);
    // a new consent speaks of the new file; that the picture was withdrawn once is still for a person to look at
    await story.consent(again.asset, DRAFT);
    const held = await edited(again.asset);
    expect([held.state, rulesOf(held)]).toEqual(['HELD_BEFORE', ['moderation.known.hold']]);
  }, 60_000);
});
