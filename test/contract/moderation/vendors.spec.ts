import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuredModerators } from '@imprimatur/domain/moderation';
import type { Pictures } from '@imprimatur/platform/images';
import { AwsV4Signer } from 'aws4fetch';
import type { Moderator } from '../../../libs/domain/moderation/src/cloud/moderator.types';
import { ModeratorServer, no } from '../../support/moderator-server';
import { CLEAN, ModelArmorVendor, TEMPLATE, openAi, rekognition, azure } from '../../support/moderator-vendors';
import { azureAt, modelArmorAt, openAiAt, type Pair, PAIRS, PICTURE, PROMPT, rekognitionAt } from './vendors';

const open: ModeratorServer[] = [];
async function pairOf(name: string, words?: object): Promise<Pair> {
  const start = PAIRS[name];
  if (!start) throw new Error(`no vendor ${name}`);
  const pair = await start(words);
  open.push(pair.server);
  return pair;
}
async function keep<T extends ModeratorServer>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  open.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const codeOf = async (judging: Promise<unknown>): Promise<unknown> =>
  judging.then(
    () => 'judged',
    (error: { code: string }) => error.code,
  );
const scores = async (moderator: Moderator, content: Pair['content']): Promise<object> =>
  Object.fromEntries((await moderator.judge(content, 5_000)).classes.map((each) => [each.class, [each.score, each.raw]]));
const NAMES = Object.keys(PAIRS);
const busy = (type: string) => no(400, { __type: type });

describe.each(NAMES)('%s', (name) => {
  it('is judged as harmless in its own protocol', async () => {
    const { moderator, content, server } = await pairOf(name);
    const said = await moderator.judge(content, 5_000);
    expect(said.classes.filter(({ score }) => score > 0)).toEqual([]);
    expect(server.heard).toHaveLength(1);
  });

  it.each([
    ['429', no(429), 'MODERATOR_UNAVAILABLE'],
    ['500', no(500), 'MODERATOR_UNAVAILABLE'],
    ['503 without a body', { status: 503, body: '' }, 'MODERATOR_UNAVAILABLE'],
    ['a cut connection', 'cut', 'MODERATOR_UNAVAILABLE'],
    ['401', no(401), 'MODERATOR_REFUSED'],
    ['403', no(403), 'MODERATOR_REFUSED'],
    ['413', no(413), 'MODERATOR_CONTENT_REFUSED'],
    ['a page of a proxy', 'garbage', 'MODERATOR_WRONG'],
    ['another object', { status: 200, body: { ok: true } }, 'MODERATOR_WRONG'],
    ['a list', { status: 200, body: [] }, 'MODERATOR_WRONG'],
    ['more than an answer is long', { status: 200, body: `{"x":"${'y'.repeat(2_000_000)}"}` }, 'MODERATOR_UNAVAILABLE'],
  ] as const)('that answers %s has not judged', async (_, trouble, code) => {
    const { moderator, content, server } = await pairOf(name);
    server.troubles.push(trouble);
    expect(await codeOf(moderator.judge(content, 5_000))).toBe(code);
    expect(await codeOf(moderator.judge(content, 5_000))).toBe('judged');
  });

  it('that hangs has not judged when its time is over', async () => {
    const { moderator, content, server } = await pairOf(name);
    server.troubles.push('hang');
    expect(await codeOf(moderator.judge(content, 300))).toBe('MODERATOR_UNAVAILABLE');
  });

  it.each([301, 302, 307, 308])('that sends elsewhere with %i is not followed', async (status) => {
    const { moderator, content, server } = await pairOf(name);
    const elsewhere = await keep(ModeratorServer.start(() => ({ status: 200, body: {} })));
    server.troubles.push({ status, body: '', headers: { location: `${elsewhere.url}/v1/moderations` } });
    expect(await codeOf(moderator.judge(content, 5_000))).toBe('MODERATOR_UNAVAILABLE');
    expect(elsewhere.heard).toEqual([]);
  });

  it('says in its faults neither what it was sent nor by which key', async () => {
    const { moderator, content, server } = await pairOf(name);
    for (const trouble of [no(401), no(500), 'cut', 'garbage', no(400)] as const) {
      server.troubles.push(trouble);
      const error: unknown = await moderator.judge(content, 5_000).catch((cause: unknown) => cause);
      const { message, cause } = error as Error;
      expect(`${message} ${String(cause)}`).not.toMatch(/sk-a-secret|crop to a square|ya29|wJalr|Bearer|PRIVATE KEY/);
    }
  });
});

describe('openai', () => {
  it('keeps raw values, the strictest of several words, and drops words that it does not know', async () => {
    const { moderator } = await pairOf('openai', { violence: 0.31, 'violence/graphic': 0.8912, 'sexual/minors': 1, sarcasm: 0.99 });
    const said = await moderator.judge(PROMPT, 5_000);
    expect(said).toMatchObject({ model: 'omni-moderation-2024-09-26', unmapped: ['sarcasm'] });
    expect(said.classes.slice(0, 2)).toEqual([
      { class: 'minors.csae', score: 1000, raw: 'sexual/minors 1' },
      { class: 'violence.graphic', score: 891, raw: 'violence/graphic 0.8912' },
    ]);
  });

  it('does not take the 0 of a category that does not look at pictures for a rating', async () => {
    const { moderator } = await pairOf('openai', { sexual: 0.75 });
    const classes = (await moderator.judge(PICTURE, 5_000)).classes.map((each) => each.class);
    expect(classes).toEqual(['sexual.explicit', 'self_harm', 'violence.graphic']);
  });

  it('leaves out what is null or missing', async () => {
    const { moderator } = await pairOf('openai', { harassment: null, illicit: null, 'illicit/violent': null });
    const classes = (await moderator.judge(PROMPT, 5_000)).classes.map((each) => each.class);
    expect(classes).not.toContain('harassment');
    expect(classes).not.toContain('illicit.instructions');
  });

  it.each([
    ['no category at all', {}],
    ['only unknown ones', { sarcasm: 0.4 }],
    ['a score above 1', { sexual: 1.2 }],
    ['a score below 0', { sexual: -0.1 }],
    ['a score as text', { sexual: '0.9' }],
  ])('with %s is wrong', async (_, category_scores) => {
    const { moderator, server } = await pairOf('openai');
    server.troubles.push({ status: 200, body: { model: 'x', results: [{ category_scores }] } });
    expect(await codeOf(moderator.judge(PROMPT, 5_000))).toBe('MODERATOR_WRONG');
  });

  it('refuses a wrong key', async () => {
    const server = await keep(openAi({ of: () => ({}) }));
    expect(await codeOf(openAiAt(server.url, 'another').judge(PROMPT, 5_000))).toBe('MODERATOR_REFUSED');
  });
});

describe('azure', () => {
  it('puts its eight severities on the scale of the taxonomy', async () => {
    const { moderator } = await pairOf('azure', { Hate: 0, SelfHarm: 2, Sexual: 4, Violence: 7, Nonsense: 6 });
    expect(await scores(moderator, PROMPT)).toEqual({
      'violence.graphic': [1000, 'Violence 7'],
      'sexual.explicit': [600, 'Sexual 4'],
      self_harm: [300, 'SelfHarm 2'],
      'hate.content': [0, 'Hate 0'],
    });
  });

  it('judges pictures', async () => {
    const { moderator } = await pairOf('azure', { Violence: 6 });
    expect(await scores(moderator, PICTURE)).toMatchObject({ 'violence.graphic': [900, 'Violence 6'] });
  });

  it('leaves a missing severity out', async () => {
    const { moderator } = await pairOf('azure', { Sexual: null });
    expect(Object.keys(await scores(moderator, PROMPT)).sort()).toEqual(['hate.content', 'self_harm', 'violence.graphic']);
  });

  it.each([8, -1, 2.5, '4'])('with the severity %p is wrong', async (severity) => {
    const { moderator, server } = await pairOf('azure');
    server.troubles.push({ status: 200, body: { categoriesAnalysis: [{ category: 'Hate', severity }] } });
    expect(await codeOf(moderator.judge(PROMPT, 5_000))).toBe('MODERATOR_WRONG');
  });

  it('sees what stands anywhere in a text that is longer than the service takes', async () => {
    const server = await keep(azure({ of: (content) => ({ Violence: String(content).includes('the needle') ? 6 : 0 }) }));
    for (const at of [0, 9_995, 14_000, 23_990]) {
      const text = `${'a'.repeat(at)}the needle${'b'.repeat(24_000 - at)}`;
      expect(await scores(azureAt(server.url), { kind: 'prompt', text })).toMatchObject({ 'violence.graphic': [900, 'Violence 6'] });
    }
  });
});

describe('rekognition', () => {
  const label = (Name: string, ParentName: string, Confidence: number) => ({ Name, ParentName, Confidence });

  it('is signed as AWS’s own test vectors are', async () => {
    // `post-vanilla` and `get-vanilla` of the published suite
    const signatures = await Promise.all(
      ['POST', 'GET'].map(async (method) => {
        const { headers } = await new AwsV4Signer({
          method,
          url: 'https://example.amazonaws.com/',
          accessKeyId: 'AKIDEXAMPLE',
          secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
          service: 'service',
          region: 'us-east-1',
          datetime: '20150830T123600Z',
        }).sign();
        return /Signature=(\w+)/.exec(headers.get('authorization') ?? '')?.[1];
      }),
    );
    expect(signatures).toEqual([
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ]);
  });

  it('maps a label by itself, else by what stands above it', async () => {
    const { moderator } = await pairOf('rekognition', [
      label('Explicit', '', 98.2),
      label('Explicit Nudity', 'Explicit', 98.2),
      label('Exposed Buttocks or Anus', 'Explicit Nudity', 98.2),
      label('Alcohol', '', 61.5),
      label('Alcoholic Beverages', 'Alcohol', 61.5),
      label('Rude Gestures', '', 88),
      label('Middle Finger', 'Rude Gestures', 88),
    ]);
    expect(await scores(moderator, PICTURE)).toEqual({
      'sexual.explicit': [982, 'Explicit 98.2'],
      'sexual.nudity': [982, 'Explicit Nudity 98.2'],
      'regulated.goods': [615, 'Alcohol 61.5'],
    });
    expect((await moderator.judge(PICTURE, 5_000)).unmapped).toEqual(['Middle Finger', 'Rude Gestures']);
  });

  it('does not call a weapon graphic because it stands below violence', async () => {
    const weapon = await pairOf('rekognition', [label('Violence', '', 96), label('Weapons', 'Violence', 96)]);
    expect(await scores(weapon.moderator, PICTURE)).toEqual({ 'violence.weapons': [960, 'Weapons 96'] });
    const alone = await pairOf('rekognition', [label('Violence', '', 96)]);
    expect(await scores(alone.moderator, PICTURE)).toEqual({ 'violence.graphic': [960, 'Violence 96'] });
  });

  it('reports nothing of a harmless picture, which is a verdict', async () => {
    const { moderator } = await pairOf('rekognition', []);
    expect(await moderator.judge(PICTURE, 5_000)).toEqual({ model: '7.0', classes: [], unmapped: [] });
  });

  it.each([
    ['ThrottlingException', 'MODERATOR_UNAVAILABLE'],
    ['com.amazonaws.rekognition#ProvisionedThroughputExceededException', 'MODERATOR_UNAVAILABLE'],
    ['ImageTooLargeException', 'MODERATOR_CONTENT_REFUSED'],
    ['AccessDeniedException', 'MODERATOR_REFUSED'],
  ])('means by a 400 what its type says: %s', async (type, code) => {
    const { moderator, server } = await pairOf('rekognition');
    server.troubles.push(busy(type));
    expect(await codeOf(moderator.judge(PICTURE, 5_000))).toBe(code);
  });

  it('refuses a wrong secret', async () => {
    const server = await keep(rekognition({ of: () => [] }));
    expect(await codeOf(rekognitionAt(server.url, 'another').judge(PICTURE, 5_000))).toBe('MODERATOR_REFUSED');
  });
});

describe('model-armor', () => {
  async function vendorOf(words: object = {}): Promise<ModelArmorVendor> {
    const vendor = await ModelArmorVendor.start({ of: () => ({ ...CLEAN, ...words }) });
    open.push(vendor.server);
    return vendor;
  }
  const ran = { executionState: 'EXECUTION_SUCCESS' };

  it('maps filters and confidences', async () => {
    const vendor = await vendorOf({
      rai: {
        raiFilterResult: {
          ...ran,
          matchState: 'MATCH_FOUND',
          raiFilterTypeResults: {
            dangerous: { matchState: 'MATCH_FOUND', confidenceLevel: 'HIGH' },
            harassment: { matchState: 'MATCH_FOUND', confidenceLevel: 'LOW_AND_ABOVE' },
            hate_speech: { matchState: 'NO_MATCH_FOUND' },
            boredom: { matchState: 'MATCH_FOUND', confidenceLevel: 'HIGH' },
          },
        },
      },
      pi_and_jailbreak: { piAndJailbreakFilterResult: { ...ran, matchState: 'MATCH_FOUND', confidenceLevel: 'MEDIUM_AND_ABOVE' } },
      csam: { csamFilterFilterResult: { ...ran, matchState: 'MATCH_FOUND' } },
      sdp: { sdpFilterResult: { inspectResult: { executionState: 'EXECUTION_SKIPPED', matchState: 'NO_MATCH_FOUND' } } },
      malicious_uris: { maliciousUriFilterResult: { ...ran, matchState: 'MATCH_FOUND' } },
      later_filter: {},
    });
    const moderator = modelArmorAt(vendor);
    expect(await scores(moderator, PROMPT)).toEqual({
      'illicit.instructions': [900, 'dangerous HIGH'],
      'minors.csae': [900, 'csam MATCH_FOUND'],
      'security.prompt_injection': [600, 'pi_and_jailbreak MEDIUM_AND_ABOVE'],
      harassment: [300, 'harassment LOW_AND_ABOVE'],
      'hate.content': [0, 'hate_speech NO_MATCH_FOUND'],
    });
    expect((await moderator.judge(PROMPT, 5_000)).unmapped).toEqual(['boredom', 'later_filter', 'malicious_uris']);
  });

  it.each(['PARTIAL', 'FAILURE'])('has not judged where its invocation is %s', async (result) => {
    const vendor = await vendorOf();
    vendor.invocationResult = result;
    expect(await codeOf(modelArmorAt(vendor).judge(PROMPT, 5_000))).toBe('MODERATOR_UNAVAILABLE');
  });

  it('signs in once, again shortly before the token ends, and after it was refused', async () => {
    const vendor = await vendorOf();
    let now = vendor.now * 1000;
    const moderator = modelArmorAt(vendor, () => now);
    await moderator.judge(PROMPT, 5_000);
    now += 3_500_000;
    await moderator.judge(PROMPT, 5_000);
    expect(vendor.tokensIssued).toBe(1);
    now += 50_000;
    await moderator.judge(PROMPT, 5_000);
    expect(vendor.tokensIssued).toBe(2);
    vendor.revoke();
    expect(await codeOf(moderator.judge(PROMPT, 5_000))).toBe('MODERATOR_REFUSED');
    expect(await codeOf(moderator.judge(PROMPT, 5_000))).toBe('judged');
  });

  it.each([
    ['no JSON', 'PRIVATE KEY not json'],
    ['another kind of key', JSON.stringify({ type: 'authorized_user', client_secret: 'PRIVATE KEY' })],
    [
      'a sign-in in clear',
      JSON.stringify({ type: 'service_account', client_email: 'a', private_key: 'PRIVATE KEY', token_uri: 'http://10.0.0.7' }),
    ],
  ])('is not configured with %s, and says nothing of what stands in the file', (_, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'imprimatur-account-'));
    const credentialsFile = join(folder, 'account.json');
    const config = { name: 'model-armor', endpoint: 'https://x.example', template: TEMPLATE, credentialsFile } as const;
    const configure = (): unknown => configuredModerators({ timeoutMs: 1_000, asked: [config] }, {} as Pictures, () => undefined);
    try {
      expect(configure).toThrow(/is not the key file of a service account/); // there is none yet
      writeFileSync(credentialsFile, text);
      expect(configure).toThrow(/is not the key file of a service account/);
      expect(configure).not.toThrow(/PRIVATE KEY/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused where the service account is unknown', async () => {
    const vendor = await vendorOf();
    vendor.now += 10 * 86_400; // the assertion ended long ago
    expect(await codeOf(modelArmorAt(vendor, () => (vendor.now - 10 * 86_400) * 1000).judge(PROMPT, 5_000))).toBe('MODERATOR_REFUSED');
  });
});
