import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { TestService } from '../support/service';
import { DRAFT, PORTRAIT, Story } from '../support/story';

const root = join(__dirname, '../..');

describe('a held turn is released by a reviewer', () => {
  let service: TestService;
  let story: Story;
  let plain: Buffer;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    plain = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#4a7' } })
      .jpeg()
      .toBuffer();
  }, 120_000);
  afterAll(() => service?.close());

  it('from upload to an export that verifies offline', async () => {
    const asset = await story.upload(PORTRAIT, 'portrait.jpg');
    expect(await story.screened(asset)).toBe(1);
    await story.consent(asset);
    const { item } = await story.edit(asset, 'brighten the picture by 12%');
    expect(item.verdicts.map(({ gate, outcome }) => `${gate} ${outcome}`)).toEqual([
      'usage PASS',
      'consent PASS',
      'moderation PASS',
      'consent PASS',
      'moderation PASS',
      'inspection PASS',
      'review HOLD',
    ]);
    expect(item).toMatchObject({ state: 'HELD', reviewTask: { queue: 'marketing' } });
    const task = item.reviewTask?.id ?? '';
    expect(await story.claim(story.creator, task)).toMatchObject({ __typename: 'Refused' });
    expect(await story.startExport(item.resultVersion?.id ?? '')).toMatchObject({ __typename: 'Refused', code: 'VERSION_NOT_RELEASED' });
    await story.approve(item);
    const started = await story.startExport(item.resultVersion?.id ?? '');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    const done = await story.exported(started.export.id);
    expect(done).toMatchObject({ state: 'DONE', failure: null });
    const file = join(service.home, 'export.jpg');
    writeFileSync(file, Buffer.from(await (await story.creator.get(done.fileUrl ?? '')).arrayBuffer()));
    const verify = (path: string) =>
      spawnSync(
        process.execPath,
        [
          join(root, 'bin/imprimatur'),
          'verify',
          path,
          '--json',
          '--trust-anchors',
          join(service.home, 'trust', 'anchors.pem'),
          '--log-key',
          join(service.home, 'trust', 'logs.vkey'),
        ],
        { encoding: 'utf8' },
      );
    const good = verify(file);
    expect([good.status, good.stderr]).toEqual([0, '']);
    const changed = readFileSync(file);
    changed[changed.length - 200] = (changed[changed.length - 200] ?? 0) ^ 0x10; // in the entropy-coded pixels
    writeFileSync(`${file}.changed.jpg`, changed);
    expect(verify(`${file}.changed.jpg`).status).toBe(1);
    const events = await story.events(item.id);
    expect(events).toEqual(
      expect.arrayContaining(['item.screened', 'attempt.began', 'item.rendered', 'item.held', 'version.released', 'item.released']),
    );
  }, 180_000);

  it('releases a draft without a person, but not for the outside', async () => {
    const asset = await story.upload(plain);
    const { item } = await story.edit(asset, 'make it black and white', DRAFT);
    expect(item).toMatchObject({ state: 'RELEASED', reviewTask: null });
  }, 60_000);

  it('refuses a face without consent, with the number of faces', async () => {
    const other = await sharp(PORTRAIT).flop().modulate({ hue: 30 }).jpeg().toBuffer();
    const asset = await story.upload(other);
    const { item } = await story.edit(asset, 'brighten the picture a little');
    expect(item.state).toBe('REFUSED');
    const consent = item.verdicts.find(({ gate }) => gate === 'consent');
    expect(consent).toMatchObject({ outcome: 'REFUSE' });
    expect(JSON.stringify(consent?.findings)).toMatch(/1/);
    expect(item.attempts).toEqual([]);
  }, 60_000);

  it('refuses what policy forbids with rule, source and remedy, and renders nothing', async () => {
    const asset = await story.upload(plain);
    const { item } = await story.edit(asset, 'remove the watermark');
    expect(item).toMatchObject({ state: 'REFUSED', attempts: [], resultVersion: null });
  }, 60_000);

  it('asks one question when the prompt is not clear, and goes on with the answer', async () => {
    const asset = await story.upload(plain);
    const { item, turn } = await story.edit(asset, 'erase the lamp');
    expect(item.state).toBe('CLARIFYING');
    expect(item.question).toMatch(/\?/);
    expect((await story.item(turn)).attempts).toEqual([]);
  }, 60_000);

  it('waits for a person before it renders what a lexicon is not sure of, and goes on when approved', async () => {
    const asset = await story.upload(plain);
    const { item, turn } = await story.edit(asset, 'add the text "vote for change" at the bottom');
    expect(item).toMatchObject({ state: 'HELD_BEFORE', attempts: [], resultVersion: null });
    const task = item.reviewTask?.id ?? '';
    const claim = await story.claim(story.legal, task);
    if (claim.__typename === 'Refused') throw new Error(JSON.stringify(claim));
    const decision = {
      leaseToken: claim.leaseToken,
      contentSha256: claim.task.contentSha256,
      outcome: 'APPROVE',
      reasonCode: 'false-positive',
    };
    expect(await story.decide(story.legal, task, decision)).toMatchObject({ code: 'REASON_REQUIRED' });
    expect(await story.decide(story.legal, task, { ...decision, contentSha256: '0'.repeat(64), text: 'seen' })).toMatchObject({
      code: 'STALE_CONTENT',
    });
    expect(await story.decide(story.legal, task, { ...decision, text: 'A slogan of our own, no election.' })).toMatchObject({
      __typename: 'DecideTaskSuccess',
    });
    const rendered = await story.settled(turn, ['HELD', 'FAILED', 'REFUSED']);
    expect(rendered).toMatchObject({ state: 'HELD', attempts: [{ number: 1, outcome: 'edited' }] });
  }, 60_000);

  it('goes back to the creator when changes are asked for, and exports nothing', async () => {
    const asset = await story.upload(plain);
    const { item } = await story.edit(asset, 'rotate 90 degrees');
    const task = item.reviewTask?.id ?? '';
    const claim = await story.claim(story.approver, task);
    if (claim.__typename === 'Refused') throw new Error(JSON.stringify(claim));
    const decision = {
      leaseToken: claim.leaseToken,
      contentSha256: claim.task.contentSha256,
      outcome: 'REQUEST_CHANGES',
      reasonCode: 'fix-artefact',
      text: 'Straighten it.',
    };
    expect(await story.decide(story.approver, task, decision)).toMatchObject({ __typename: 'DecideTaskSuccess' });
    expect(await story.decide(story.approver, task, decision)).toMatchObject({ code: 'ALREADY_DECIDED' });
    expect(await story.startExport(item.resultVersion?.id ?? '')).toMatchObject({ code: 'VERSION_NOT_RELEASED' });
  }, 60_000);

  it('finds its first answer again for the same key, 50 at once', async () => {
    const asset = await story.upload(plain);
    const session = await story.session([asset], DRAFT);
    const turns = await Promise.all(
      Array.from({ length: 50 }, () => story.submit(session, asset, 'brighten slightly', 'the-same-key-fifty-times')),
    );
    expect(new Set(turns).size).toBe(1);
  }, 60_000);

  it('keeps prompts and tokens out of the logs', () => {
    expect(service.log()).not.toMatch(/remove the watermark|erase the lamp|Bearer ey/);
  });
});
