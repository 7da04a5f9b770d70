// What the gates cost: each engine by picture size, the pipeline of a turn without its database, the loop's delay while ten run at once, and one
// policy decision over 200 rules beside CASL and a plain function. Usage: npm run bench -- gates [--runs 9] [--json]
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { room } from './cluster.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const require = createRequire(import.meta.url);
const { values } = parseArgs({ options: { runs: { type: 'string', default: '9' }, json: { type: 'boolean', default: false } } });
const RUNS = Number(values.runs);
const SIZES = [512, 1024, 2048];
const AT_ONCE = 10;
const RULES = 200;
const PAST = 10_000;
const DECISIONS = 2_000;
const say = (line) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);

const cedar = require('@cedar-policy/cedar-wasm/nodejs');
const { createMongoAbility } = require('@casl/ability');
const { decide, loadBundle, prepare, simulate } = room('formats/policy');
const { LocalPictureEngine, parseLexicons, screenPrompt } = room('domain/moderation');
const { loadConfig } = room('platform/config');
const { pictureLimits, Pictures } = room('platform/images');
const { ThreadPool } = room('platform/threads');

function quantiles(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p95: at(0.95) };
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function starter() {
  const folder = join(root, 'policies/starter');
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = paths
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path), readFileSync(path, 'utf8')]);
  const loaded = loadBundle(Object.fromEntries(files), { cedar, sha256: (bytes) => hash('sha256', bytes, 'buffer') });
  if (!loaded.ok) throw new Error(loaded.refusal.message);
  return loaded.value;
}

/** The starter's rules and copies of them under other names, until an edit is asked RULES of them; copies ask for a use case that none has. */
function enlarged(bundle) {
  const rules = [...bundle.rules];
  const asked = bundle.rules.filter(({ questions }) => questions.includes('EditTurn'));
  for (let n = 0; rules.filter(({ questions }) => questions.includes('EditTurn')).length < RULES; n += 1) {
    const rule = asked[n % asked.length];
    const id = `${rule.id}.copy-${n}`;
    const text = rule.text.replaceAll(rule.id, id).replace(/\}\s*;\s*$/, `&& context.useCase == "case-${n}" };`);
    rules.push({ ...rule, id, text });
  }
  return { ...bundle, rules };
}

const FACTS = {
  useCase: 'marketing',
  channel: 'website',
  territory: 'DE',
  faces: 1,
  facesWithoutConsent: 0,
  consentScopeMissing: [],
  sourceRights: 'owned',
  sourceRestricted: [],
  originMismatch: [],
  knownAs: [],
  operations: ['tone'],
  promptCategories: [],
  joinedCategories: [],
  scores: { promptMax: 0, sexual_explicit: 12, sexual_suggestive: 240 },
  maskOverlapsFace: false,
  policyAcknowledged: true,
  trainingCurrent: ['attribution', 'consent', 'quality'],
  turnsLastHour: 3,
  turnsLastDayTenant: 3,
  turnsLastDayAsset: 3,
  provider: 'local',
  vendorTerms: 'not-needed',
  vendorMayTrain: false,
  vendorRetentionDays: 0,
  vendorIndemnifies: true,
  licensedFor: ['commercial', 'model-training'],
};

const RENDERED = {
  newFaces: 0,
  changedOutsideMaskPermille: 0,
  changedFromRootPermille: 0,
  facesChangedSinceRoot: 0,
  facesAddedSinceRoot: 0,
};

/** The same number of conditions over the same facts, as each of the three would be written. Each is asked in turn, so that all meet the same machine. */
function policyArms(bundle) {
  const prepared = prepare(enlarged(bundle), cedar);
  const numbers = Array.from({ length: RULES }, (_, n) => n);
  const ability = createMongoAbility(
    [
      { action: 'edit', subject: 'Turn' },
      ...numbers.map((n) => ({
        action: 'edit',
        subject: 'Turn',
        inverted: true,
        conditions: { useCase: `case-${n}`, faces: { $gte: n } },
      })),
    ],
    { detectSubjectType: () => 'Turn' },
  );
  const plain = numbers.map((n) => (facts) => facts.useCase === `case-${n}` && facts.faces >= n);
  const arms = {
    'this policy (Cedar), with its reasons': () =>
      decide(prepared, { question: 'EditTurn', roles: ['creator'], facts: FACTS }).outcome === 'pass',
    'the same, of a prompt with a category': () =>
      decide(prepared, { question: 'EditTurn', roles: ['creator'], facts: { ...FACTS, promptCategories: ['minors.depicted'] } }).outcome ===
      'pass',
    'CASL, yes or no': () => ability.can('edit', FACTS),
    'a plain function, yes or no': () => !plain.some((rule) => rule(FACTS)),
  };
  const times = Object.fromEntries(Object.keys(arms).map((name) => [name, []]));
  for (let n = 0; n < DECISIONS; n += 1) {
    for (const [name, ask] of Object.entries(arms)) {
      const began = performance.now();
      if (!ask()) throw new Error(`${name} does not let the bench's own question pass`);
      if (n >= DECISIONS / 10) times[name].push(performance.now() - began);
    }
  }
  return Object.entries(times).map(([name, of]) => ({ name, ...quantiles(of) }));
}

/** Two versions of the starter asked the same questions, as a simulation's thread does. */
async function simulation(bundle) {
  const looser = { ...bundle, rules: bundle.rules.filter(({ id }) => id !== 'usage.watermark-removal.refuse') };
  const [from, to] = [prepare(bundle, cedar), prepare(looser, cedar)];
  const classes = [[], [], [], ['ip.watermark_removal'], ['minors.depicted'], []];
  const past = Array.from({ length: PAST }, (_, n) => {
    const promptCategories = classes[n % classes.length];
    const scores = { ...FACTS.scores, promptMax: promptCategories.length > 0 ? 950 : 0 };
    const asked = { question: 'EditTurn', roles: ['creator'], facts: { ...FACTS, promptCategories, scores } };
    return { id: `item-${n}`, at: new Date(n * 1000), asked };
  });
  const ms = await timed(() => {
    if (simulate(from, to, past).notComparable > 0) throw new Error("the bench's own questions can be asked");
  });
  return { questions: PAST, seconds: ms / 1000 };
}

async function picture(size) {
  return sharp(join(root, 'apps/demo/photo/portrait.jpg'))
    .resize(size, size, { fit: 'cover', withoutEnlargement: false })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** With a line of text across the foot, and cropped to the middle. */
async function variants(bytes, size) {
  const line = await sharp(join(root, 'scripts/eval/moderation/photos/confidential.jpg')).resize({ width: size }).png().toBuffer();
  const edge = Math.round(size / 8);
  return {
    slogan: await sharp(bytes)
      .composite([{ input: line, gravity: 'south' }])
      .jpeg()
      .toBuffer(),
    cropped: await sharp(bytes)
      .extract({ left: edge, top: edge, width: size - 2 * edge, height: size - 2 * edge })
      .jpeg()
      .toBuffer(),
  };
}

const MASK = { kind: 'box', left: 100, top: 100, width: 300, height: 300 };
const REGION = { left: 350, top: 200, width: 300, height: 300 };
const PROMPTS = [
  'brighten the picture by 12% and raise the contrast slightly',
  'make the sky a little warmer, keep her face as it is',
  'remove the watermark in the lower right corner',
  'erase the bin next to the door and straighten the horizon',
];

function enginesOf(bundle, pictures) {
  const thread = (name) =>
    new ThreadPool({ name, entry: join(root, 'dist/libs/domain/moderation/src', `${name}.thread.js`), threads: 1, timeoutMs: 60_000 });
  const pools = ['faces', 'explicit', 'text'].map(thread);
  const [faces, explicit, text] = pools;
  const look = (pool, bytes) => pool.run({ kind: 'screen', bytes, pixelsMax: 64_000_000 });
  return {
    close: () => Promise.all(pools.map((pool) => pool.close())),
    warmUp: () => Promise.all(pools.map((pool) => pool.run({ kind: 'warm-up' }))),
    arms: {
      'faces, fingerprint, pixel digest': ({ bytes }) => look(faces, bytes),
      'explicit content': ({ bytes }) => look(explicit, bytes),
      'text in the picture, none there': ({ bytes }) => look(text, bytes),
      'text in the picture, a slogan': ({ slogan }) => look(text, slogan),
      'change since the upload': ({ bytes, edited }) => pictures.compareWithRoot(bytes, edited, [REGION]),
      'change since the upload, cropped': ({ bytes, cropped }) => pictures.compareWithRoot(bytes, cropped, [REGION]),
      'change outside the mask': ({ bytes, edited }) => pictures.compareOutsideMask(bytes, edited, MASK),
    },
  };
}

/** Everything that the gates do for one turn but reading and writing rows: both screenings, the prompt, the comparison, both questions. */
function pipelineOf(bundle, prepared, engine, pictures) {
  const lexicons = parseLexicons(bundle.lexicons);
  return async ({ bytes, edited }) => {
    await engine.screen(bytes);
    const prompt = screenPrompt(PROMPTS[0], lexicons);
    const facts = { ...FACTS, promptCategories: prompt.classes.map((hit) => hit.class) };
    decide(prepared, { question: 'EditTurn', roles: ['creator'], facts });
    const [, , since] = await Promise.all([
      engine.screen(edited),
      pictures.compareOutsideMask(bytes, edited, MASK),
      pictures.compareWithRoot(bytes, edited, [REGION]),
    ]);
    decide(prepared, {
      question: 'AutoRelease',
      roles: ['creator'],
      facts: { ...facts, ...RENDERED, changedFromRootPermille: since.changedPermille },
    });
  };
}

async function main() {
  const bundle = starter();
  say(`one decision over ${RULES} rules, ${DECISIONS} times, one after the other`);
  const policy = policyArms(bundle);
  for (const { name, p50, p95 } of policy) say(`  ${name.padEnd(42)}${`${p50.toFixed(4)} ms`.padStart(14)}  p95 ${p95.toFixed(4)} ms`);

  const lexicons = parseLexicons(bundle.lexicons);
  const prompts = [];
  for (let n = 0; n < DECISIONS; n += 1) prompts.push(await timed(() => screenPrompt(PROMPTS[n % PROMPTS.length], lexicons)));
  const prompt = quantiles(prompts);
  say(`\na prompt through all lexicons${`${prompt.p50.toFixed(3)} ms`.padStart(29)}  p95 ${prompt.p95.toFixed(3)} ms`);

  const pictures = new Pictures({ limits: pictureLimits(loadConfig({})) });
  const engine = new LocalPictureEngine();
  const engines = enginesOf(bundle, pictures);
  const prepared = prepare(bundle, cedar);
  const pipeline = pipelineOf(bundle, prepared, engine, pictures);
  const samples = [];
  for (const size of SIZES) {
    const bytes = await picture(size);
    samples.push({
      size,
      bytes,
      edited: await sharp(bytes).modulate({ brightness: 1.1 }).jpeg().toBuffer(),
      ...(await variants(bytes, size)),
    });
  }
  await Promise.all([engine.warmUp(), engines.warmUp()]);
  for (const sample of samples) await pipeline(sample);
  const arms = {
    ...engines.arms,
    'all engines at once, as a turn does': ({ bytes }) => engine.screen(bytes),
    'the gates of a turn': pipeline,
  };
  const times = Object.fromEntries(Object.keys(arms).map((name) => [name, new Map(SIZES.map((size) => [size, []]))]));
  for (let run = 0; run < RUNS; run += 1) {
    for (const sample of samples)
      for (const [name, arm] of Object.entries(arms)) times[name].get(sample.size).push(await timed(() => arm(sample)));
  }
  say(`\nmedian of ${RUNS} (p95), by longer side${SIZES.map((size) => `${size} px`.padStart(22)).join('')}`);
  const table = Object.entries(times).map(([name, of]) => ({ name, at: SIZES.map((size) => ({ size, ...quantiles(of.get(size)) })) }));
  for (const { name, at } of table)
    say(`  ${name.padEnd(36)}${at.map(({ p50, p95 }) => `${p50.toFixed(0)} (${p95.toFixed(0)}) ms`.padStart(22)).join('')}`);

  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const together = await timed(() => Promise.all(Array.from({ length: AT_ONCE }, () => pipeline(samples[1]))));
  delay.disable();
  const loop = { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6, togetherMs: together };
  say(
    `\nthe event loop's delay while ${AT_ONCE} turns at ${samples[1].size} px go through the gates at once (${together.toFixed(0)} ms in all)`,
  );
  say(`  p50 ${loop.p50.toFixed(1)} ms, p99 ${loop.p99.toFixed(1)} ms, longest ${loop.max.toFixed(1)} ms`);

  const past = await simulation(bundle);
  say(`\n${past.questions} past questions asked of two bundles: ${past.seconds.toFixed(1)} s`);

  await Promise.all([engine.close(), engines.close(), pictures.close()]);
  const aims = [
    { name: `decision over ${RULES} rules, median`, aim: 'below 1 ms', met: policy[0].p50 < 1, measured: `${policy[0].p50.toFixed(3)} ms` },
    {
      name: `longest delay of the loop, ${AT_ONCE} turns at once`,
      aim: 'below 20 ms',
      met: loop.max < 20,
      measured: `${loop.max.toFixed(1)} ms`,
    },
    { name: `${PAST} turns simulated`, aim: 'below 60 s', met: past.seconds < 60, measured: `${past.seconds.toFixed(1)} s` },
  ];
  say('\naims');
  for (const { name, aim, measured, met } of aims)
    say(`  ${name.padEnd(46)}${aim.padEnd(16)}${measured.padEnd(12)}${met ? 'met' : 'MISSED'}`);
  if (values.json) process.stdout.write(`${JSON.stringify({ policy, prompt, engines: table, loop, past, aims })}\n`);
}

await main();
