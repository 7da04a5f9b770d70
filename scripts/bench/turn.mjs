// Governance's own share of a turn, beside the bare decode-edit-encode of the same picture, in one run on this machine.
// Times come from the ledger's own events, so that polling does not count. Usage: npm run bench -- turn [--runs 5] [--json]
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } } });
const RUNS = Number(values.runs);
const SIZES = [512, 1024, 2048];
const PROMPT = 'brighten the picture by 12% and raise the contrast slightly';
const say = (line) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const key = () => randomBytes(12).toString('hex');

async function startService(home) {
  const child = spawn(process.execPath, [join(root, 'dist/apps/serve/src/main.js'), '--port', '0', '--home', home, '--quiet'], {
    stdio: 'inherit',
    env: { ...process.env, LOG_LEVEL: 'error' },
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error('the service did not start');
    try {
      const { url } = JSON.parse(readFileSync(join(home, 'run', 'serve.json'), 'utf8'));
      return { url, stop: () => new Promise((resolve) => child.once('exit', resolve).kill('SIGTERM')) };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function client(url, person) {
  const { accessToken } = await (
    await fetch(`${url}/auth/development`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person }),
    })
  ).json();
  const authorization = `Bearer ${accessToken}`;
  return {
    async graphql(query, variables = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const body = await response.json();
      if (body.errors) throw new Error(JSON.stringify(body.errors));
      return body.data;
    },
    async upload(bytes) {
      const form = new FormData();
      form.set('rights', 'OWNED');
      form.set('file', new Blob([bytes]), 'bench.jpg');
      return (
        await (await fetch(`${url}/assets`, { method: 'POST', headers: { authorization, 'idempotency-key': key() }, body: form })).json()
      ).asset.id;
    },
  };
}

async function until(ask, done) {
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** The demonstration's portrait at a size, in bytes that no run before has seen, so that nothing is found in a cache. */
async function picture(size) {
  return sharp(join(root, 'apps/demo/photo/portrait.jpg'))
    .resize(size, size, { fit: 'inside', withoutEnlargement: false })
    .modulate({ brightness: 0.98 + Math.random() * 0.04 })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** One record covers them all: the fingerprint knows a copy. */
async function consent(legal, asset) {
  const { registerConsent } = await legal.graphql(
    'mutation($input: RegisterConsentInput!) { registerConsent(input: $input) { __typename ... on Refused { code message } } }',
    {
      input: {
        idempotencyKey: key(),
        asset,
        face: 0,
        person: 'The person shown',
        ageBand: 'ADULT',
        method: 'signed-form',
        noticeText: 'Bench',
        scope: { useCases: ['marketing'], kindsOfChange: ['retouch'], channels: ['website'], territories: ['*'] },
      },
    },
  );
  if (registerConsent.__typename === 'Refused') throw new Error(registerConsent.message);
}

/** Nobody edits before they acknowledged the text of the policy. */
async function acknowledge(creator) {
  const { duties } = await creator.graphql('{ duties { usage { bundle } } }');
  await creator.graphql('mutation($input: AcknowledgePolicyInput!) { acknowledgePolicy(input: $input) { __typename } }', {
    input: { idempotencyKey: key(), bundle: duties.usage.bundle },
  });
}

async function bare(bytes) {
  const began = performance.now();
  await sharp(bytes).rotate().linear(1.12, 0).linear(1.1, -12).jpeg({ quality: 95 }).toBuffer();
  return performance.now() - began;
}

async function turn(creator, auditor, bytes, prepare = async () => undefined) {
  const uploaded = performance.now();
  const asset = await creator.upload(bytes);
  await until(
    () => creator.graphql('query($id: ID!) { asset(id: $id) { screening { state } } }', { id: asset }),
    (answer) => answer.asset.screening.state !== 'PENDING',
  );
  const beforeTurn = performance.now() - uploaded;
  await prepare(asset);
  const { openSession } = await creator.graphql(
    'mutation($input: OpenSessionInput!) { openSession(input: $input) { ... on OpenSessionSuccess { session { id } } } }',
    {
      input: { idempotencyKey: key(), name: 'Bench', useCase: 'marketing', channel: 'website', territory: 'none', assets: [asset] },
    },
  );
  const { submitTurn } = await creator.graphql(
    'mutation($input: SubmitTurnInput!) { submitTurn(input: $input) { ... on SubmitTurnSuccess { turn { id } } } }',
    {
      input: { idempotencyKey: key(), session: openSession.session.id, prompt: PROMPT, targets: [{ asset }] },
    },
  );
  const { turn: held } = await until(
    () => creator.graphql('query($id: ID!) { turn(id: $id) { state } }', { id: submitTurn.turn.id }),
    (answer) => !['SUBMITTED', 'SCREENED', 'RENDERING', 'RENDERED', 'INSPECTED'].includes(answer.turn.state),
  );
  if (held.state !== 'HELD') throw new Error(`the turn ended as ${held.state}`);
  const { auditEvents } = await auditor.graphql(
    'query($turn: ID!) { auditEvents(filter: { turn: $turn }, first: 100) { edges { node { type at } } } }',
    { turn: submitTurn.turn.id },
  );
  const at = (type) => Date.parse(auditEvents.edges.find(({ node }) => node.type === type).node.at);
  const provider = at('attempt.ended') - at('attempt.began');
  return {
    critical: at('item.held') - at('turn.submitted') - provider,
    provider,
    total: beforeTurn + at('item.held') - at('turn.submitted') - provider,
  };
}

const home = mkdtempSync(join(tmpdir(), 'imprimatur-bench-'));
const service = await startService(home);
try {
  const creator = await client(service.url, 'ana');
  const auditor = await client(service.url, 'axel');
  const legal = await client(service.url, 'lea');
  await acknowledge(creator);
  await turn(creator, auditor, await picture(512), (asset) => consent(legal, asset)); // models and threads are warm from here on
  say(`governance's own share of a turn, medians of ${RUNS}; the local editor's own time is not counted`);
  say(`  pixels  bare edit  critical path   ratio   with screening   ratio   editor`);
  const rows = [];
  for (const size of SIZES) {
    const runs = [];
    for (let run = 0; run < RUNS; run += 1) {
      const bytes = await picture(size);
      runs.push({ bare: await bare(bytes), ...(await turn(creator, auditor, bytes)) });
    }
    const of = (name) => median(runs.map((run) => run[name]));
    const row = { size, bareMs: of('bare'), criticalMs: of('critical'), totalMs: of('total'), providerMs: of('provider') };
    rows.push(row);
    const ms = (value, width) => `${value.toFixed(0)} ms`.padStart(width);
    const ratio = (value) => `${(value / row.bareMs).toFixed(1)} x`.padStart(8);
    say(
      `  ${String(size).padStart(6)} ${ms(row.bareMs, 10)} ${ms(row.criticalMs, 14)}${ratio(row.criticalMs)} ${ms(row.totalMs, 16)}${ratio(row.totalMs)} ${ms(row.providerMs, 8)}`,
    );
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ outcome: 'done', runs: RUNS, rows })}\n`);
} finally {
  await service.stop();
  rmSync(home, { recursive: true, force: true });
}
