import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type ModeratorServer, no } from '../support/moderator-server';
import { azure, type Label, ModelArmorVendor, openAi, rekognition, SECRET, TEMPLATE } from '../support/moderator-vendors';
import { TestService, until } from '../support/service';
import { ACCESS_KEY, REGION, SECRET_KEY } from '../support/sigv4';
import { strangerOf } from '../support/stranger';
import { DRAFT, type Item, Story } from '../support/story';

const HATEFUL: readonly Label[] = [
  { Name: 'Hate Symbols', ParentName: '', Confidence: 97.3 },
  { Name: 'Extremist', ParentName: 'Hate Symbols', Confidence: 97.3 },
];
const HARMLESS = 'brighten the picture by 12%';
/** Nothing that a word list knows. */
const VEILED = 'crop to a square, and let him get what he deserves';

const plain = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 160, height: 120, channels: 3, background } })
    .withExif({ IFD0: { Artist: 'Somebody With A Name' } })
    .jpeg()
    .toBuffer();

const rulesOf = ({ verdicts }: Item): readonly string[] => verdicts.flatMap(({ findings }) => findings.map(({ rule }) => rule));

interface Said {
  readonly of: string;
  readonly engine: string;
  readonly classes: readonly { readonly class: string; readonly score: number; readonly raw: string }[];
}

describe('with moderators of other houses', () => {
  let service: TestService | undefined;
  let story: Story;
  let vendors: { openai: ModeratorServer; azure: ModeratorServer; rekognition: ModeratorServer; armor: ModelArmorVendor };
  const folder = mkdtempSync(join(tmpdir(), 'imprimatur-account-'));
  let labels: (picture: Buffer) => readonly Label[] = () => [];

  beforeAll(async () => {
    vendors = {
      openai: await openAi({ of: (said) => ({ 'harassment/threatening': String(said).includes('deserves') ? 0.62 : 0.001 }) }),
      azure: await azure({ of: () => ({}) }),
      rekognition: await rekognition({ of: (picture) => labels(picture as Buffer) }),
      armor: await ModelArmorVendor.start({ of: () => ({}) }),
    };
    writeFileSync(join(folder, 'account.json'), JSON.stringify(vendors.armor.keyFile));
    service = await TestService.start({
      env: {
        LOG_LEVEL: 'debug',
        IMPRIMATUR_MODERATORS: 'openai,azure,rekognition,model-armor',
        IMPRIMATUR_OPENAI_MODERATION_ENDPOINT: vendors.openai.url,
        IMPRIMATUR_OPENAI_MODERATION_KEY: SECRET,
        IMPRIMATUR_AZURE_CONTENT_SAFETY_ENDPOINT: vendors.azure.url,
        IMPRIMATUR_AZURE_CONTENT_SAFETY_KEY: SECRET,
        IMPRIMATUR_REKOGNITION_ENDPOINT: vendors.rekognition.url,
        IMPRIMATUR_REKOGNITION_REGION: REGION,
        IMPRIMATUR_REKOGNITION_ACCESS_KEY_ID: ACCESS_KEY,
        IMPRIMATUR_REKOGNITION_SECRET_ACCESS_KEY: SECRET_KEY,
        IMPRIMATUR_MODEL_ARMOR_ENDPOINT: vendors.armor.server.url,
        IMPRIMATUR_MODEL_ARMOR_TEMPLATE: TEMPLATE,
        IMPRIMATUR_MODEL_ARMOR_CREDENTIALS: join(folder, 'account.json'),
      },
    });
    story = await Story.begin(service);
  }, 120_000);

  afterAll(async () => {
    await service?.close();
    await Promise.all([vendors.openai, vendors.azure, vendors.rekognition, vendors.armor.server].map((server) => server.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function screened(background: string): Promise<string> {
    const asset = await story.upload(await plain(background), 'plain.jpg');
    await story.screened(asset);
    return asset;
  }

  /** What moderators said, as the moderation gate keeps it. */
  async function evidence(turn: string): Promise<readonly Said[]> {
    const answer = await story.creator.graphql<{ turn: { items: { verdicts: { gate: string; evidence: { moderators?: Said[] } }[] }[] } }>(
      'query($id: ID!) { turn(id: $id) { items { verdicts { gate evidence } } } }',
      { id: turn },
    );
    return answer.turn.items.flatMap(({ verdicts }) =>
      verdicts.flatMap(({ gate, evidence: { moderators } }) => (gate === 'moderation' ? (moderators ?? []) : [])),
    );
  }

  it('a harmless edit passes, and what each of them said stands in the evidence', async () => {
    const asset = await screened('#4a7');
    const { turn, item } = await story.edit(asset, HARMLESS, DRAFT);
    expect(item.state).toBe('RELEASED');
    const said = (await evidence(turn)).map(({ of, engine }) => `${engine} of the ${of}`);
    expect(new Set(said)).toEqual(
      new Set([
        'openai of the prompt',
        'openai of the picture',
        'azure of the prompt',
        'azure of the picture',
        'rekognition of the picture',
        'model-armor of the prompt',
      ]),
    );
  });

  it('each picture is sent once, as a JPEG that does not say whose it is', async () => {
    const asset = await screened('#47a');
    const before = vendors.rekognition.heard.length;
    await story.edit(asset, HARMLESS, DRAFT); // the base was seen when it came; the result is new
    expect(vendors.rekognition.heard.length - before).toBe(1);
    for (const { json } of vendors.rekognition.heard) {
      const picture = Buffer.from((json.Image as { Bytes: string }).Bytes, 'base64');
      expect((await sharp(picture).metadata()).exif).toBeUndefined();
    }
  });

  it('the same picture of another tenant is judged for that tenant alone', async () => {
    if (!service) throw new Error('the service has started');
    const stranger = await strangerOf(service);
    const bytes = await plain('#444');
    const sent = async (upload: () => Promise<unknown>): Promise<number> => {
      const before = vendors.rekognition.heard.length;
      await upload();
      await until(
        async () =>
          (await service?.database.asAdmin<{ count: string }>(`select count(*) from screening where state = 'pending'`))?.[0]?.count,
        (pending) => pending === '0',
      );
      return vendors.rekognition.heard.length - before;
    };
    expect(await sent(async () => expect(await story.creator.upload(bytes)).toMatchObject({ status: 201 }))).toBe(1);
    expect(await sent(async () => expect(await story.creator.upload(bytes)).toMatchObject({ status: 201 }))).toBe(0);
    expect(await sent(async () => expect(await stranger.upload(bytes)).toMatchObject({ status: 201 }))).toBe(1);
  });

  it('a prompt holds that only a moderator understood', async () => {
    const { turn, item } = await story.edit(await screened('#a47'), VEILED, DRAFT);
    expect(item).toMatchObject({ state: 'HELD_BEFORE', reviewTask: { state: 'OPEN', queue: 'trust-and-safety' } });
    expect(rulesOf(item)).toEqual(['usage.harm.hold']);
    expect(item.verdicts.flatMap(({ findings }) => findings.flatMap(({ met }) => met))).toContain('prompt max = 620, rule: at least 300');
    const threat = (await evidence(turn)).flatMap(({ classes }) => classes).find((each) => each.class === 'violence.threat');
    expect(threat).toEqual({ class: 'violence.threat', score: 620, raw: 'harassment/threatening 0.62' });
  });

  it('a picture holds in which only a moderator saw something, and so does one that comes out of an edit', async () => {
    labels = () => HATEFUL;
    const asset = await screened('#7a4');
    labels = () => [];
    const seen = await story.creator.graphql<{ asset: { screening: { scores: object } } }>(
      'query($id: ID!) { asset(id: $id) { screening { scores } } }',
      { id: asset },
    );
    expect(seen.asset.screening.scores).toMatchObject({ 'hate.symbols': 973, sexual_explicit: expect.any(Number) as unknown });
    const { item } = await story.edit(asset, HARMLESS, DRAFT);
    expect(item.state).toBe('HELD_BEFORE');
    expect(rulesOf(item)).toEqual(['moderation.picture.hold']);

    const clean = await screened('#74a');
    labels = () => HATEFUL;
    const made = (await story.edit(clean, HARMLESS, DRAFT)).item;
    labels = () => [];
    expect(made.state).toBe('HELD');
    expect(rulesOf(made)).toContain('moderation.picture.hold');
  });

  it('a turn holds while one of them is down, and the next passes when it is back', async () => {
    const asset = await screened('#aa4');
    vendors.openai.troubles.push(no(500), no(503));
    const { item } = await story.edit(asset, 'brighten the picture by 13%', DRAFT);
    expect(item).toMatchObject({ state: 'HELD_BEFORE', reviewTask: { queue: 'policy' } });
    const [finding] = item.verdicts.flatMap(({ findings }) => findings);
    expect(finding).toMatchObject({
      rule: 'system.moderator_unavailable',
      reason: 'The moderator openai did not answer, so this waits for a person.',
      met: ['the moderator openai: MODERATOR_UNAVAILABLE'],
    });
    expect((await story.edit(asset, 'brighten the picture by 13%', DRAFT)).item.state).toBe('RELEASED');
  });

  it('a picture that came while one of them was down is shown to it by the turn', async () => {
    vendors.rekognition.troubles.push('garbage');
    const asset = await screened('#4aa');
    const before = vendors.rekognition.heard.length;
    labels = () => HATEFUL;
    const { item } = await story.edit(asset, HARMLESS, DRAFT);
    labels = () => [];
    expect(rulesOf(item)).toEqual(['moderation.picture.hold']);
    expect(vendors.rekognition.heard.length - before).toBe(1);
  });

  it('what a provider rates its own result as counts beside what the moderators say of it', async () => {
    const asset = await screened('#44a');
    // as an attempt is on record whose provider reports ratings; the local editor has none
    await service?.database.asAdmin(`
      create function rate() returns trigger language plpgsql as $$ begin
        new.safety := '[{"category": "HARM_CATEGORY_IMAGE_HATE", "level": "MEDIUM", "blocked": false}, {"category": "HARM_CATEGORY_HARASSMENT", "level": "", "blocked": false}]';
        return new;
      end $$;
      create trigger rate before update on provider_attempt for each row execute function rate()`);
    const { turn, item } = await story.edit(asset, HARMLESS, DRAFT);
    await service?.database.asAdmin('drop trigger rate on provider_attempt; drop function rate');
    expect(item.state).toBe('HELD');
    expect(rulesOf(item)).toEqual(['moderation.picture.hold']);
    const own = (await evidence(turn)).filter(({ engine }) => engine === 'local');
    expect(own.map(({ classes }) => classes)).toEqual([[{ class: 'hate.content', score: 600, raw: 'HARM_CATEGORY_IMAGE_HATE MEDIUM' }]]);
  });

  it('preflight sends nobody what is still being written', async () => {
    const asset = await screened('#a4a');
    const session = await story.session([asset], DRAFT);
    const before = vendors.openai.heard.length;
    const { preflight } = await story.creator.graphql<{ preflight: { __typename: string; items?: { outcome: string }[] } }>(
      'query($input: PreflightInput!) { preflight(input: $input) { __typename ... on Preflight { items { outcome } } } }',
      { input: { session, prompt: VEILED, targets: [{ asset }] } },
    );
    expect(preflight.items).toMatchObject([{ outcome: 'PASS' }]);
    expect(vendors.openai.heard.length).toBe(before);
  });

  it('no key, no token and no prompt is in the log', () => {
    const log = service?.log() ?? '';
    expect(log).toContain('a moderator did not judge');
    expect(log).not.toMatch(new RegExp(`${SECRET}|${SECRET_KEY.slice(0, 12)}|ya29|PRIVATE KEY|deserves|brighten`));
  });
});
