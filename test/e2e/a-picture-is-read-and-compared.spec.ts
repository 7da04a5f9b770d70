import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { TestService } from '../support/service';
import { DRAFT, type Item, MARKETING, Story } from '../support/story';

const INSTRUCTIONS = readFileSync(join(__dirname, '../support/pictures/instructions.png'));
const rulesOf = ({ verdicts }: Item): readonly string[] => verdicts.flatMap(({ findings }) => findings.map(({ rule }) => rule));

/** Colours that differ everywhere, so that a part of it is known by its place. */
async function scene(): Promise<Buffer> {
  const [width, height] = [320, 240];
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    data.set(
      [x / 2 + 40 * Math.sin(y / 17), y / 2 + 50 * Math.cos(x / 23), 120 + 60 * Math.sin((x + y) / 31)].map((value) => Math.max(0, value)),
      at * 3,
    );
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

describe('a picture is read, and compared with its upload', () => {
  let service: TestService;
  let story: Story;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
  }, 120_000);
  afterAll(() => service?.close());

  async function uploaded(bytes: Uint8Array, name: string): Promise<string> {
    const asset = await story.upload(bytes, name);
    await story.screened(asset);
    return asset;
  }

  it('words in it that try to steer hold every turn on it; they are kept sealed, and read nowhere else', async () => {
    const asset = await uploaded(INSTRUCTIONS, 'sign.png');
    const { item } = await story.edit(asset, 'brighten by 10%', DRAFT);
    expect(item.state).toBe('HELD_BEFORE');
    expect(rulesOf(item)).toEqual(['moderation.picture-injection.hold']);
    const [row] = await service.database.asAdmin<{ plain: string; evidence: string; sealed: number }>(
      `select s::text as plain, length(s.words_sealed) as sealed, (select string_agg(v::text, ' ') from verdict v) as evidence
         from screening s where s.words_sealed is not null`,
    );
    expect(row?.sealed).toBeGreaterThan(40);
    expect(row?.evidence).toContain('pictureText');
    for (const kept of [row?.plain, row?.evidence]) expect(kept).not.toMatch(/approve this|previous instructions/i);
  }, 120_000);

  it('what came of it is compared with the upload after every turn; light and colour alone make no other picture', async () => {
    const asset = await uploaded(await scene(), 'scene.png');
    const { item } = await story.edit(asset, 'brighten by 10%', DRAFT);
    expect([item.state, rulesOf(item)]).toEqual(['RELEASED', []]);
    const [row] = await service.database.asAdmin<{ change: { changedPermille: number; faces: unknown[] } }>(
      `select evidence -> 'sinceRoot' as change from verdict where gate = 'consent' and evidence ? 'sinceRoot'`,
    );
    expect(row?.change.changedPermille).toBeLessThan(100);
  }, 120_000);

  it('what its file says of its origin holds what was declared as owned', async () => {
    const signed = await sharp(await scene())
      .negate()
      .withExif({ IFD0: { Artist: 'Bo Larsen', Copyright: 'Bo Larsen / Getty Images' } })
      .jpeg()
      .toBuffer();
    const { item } = await story.edit(await uploaded(signed, 'bought.jpg'), 'brighten by 10%', MARKETING);
    expect(item.state).toBe('HELD');
    expect(rulesOf(item)).toContain('rights.origin-mismatch.hold');
    expect(JSON.stringify(item.verdicts)).not.toMatch(/Larsen|Getty/);
  }, 120_000);
});
