// How well prompts and pictures are judged under a policy bundle: recall, precision and latency per category, on labelled prompts and free photos.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../bench/cluster.mjs';
import { openGate } from './gate.mjs';
import { lookAtPhotos, measurePhotos, notMeasured, readPhotos } from './photos.mjs';
import { readSet, SETS, unknownCategories } from './prompt-set.mjs';
import { judgeAll, measurePrompts, missesOf } from './prompts.mjs';
import { latencyLines, missLines, notMeasuredLines, photoLines, promptLines } from './report.mjs';

const FOLDER = join(root, 'scripts/eval/moderation');
const HELP = `Usage: npm run eval -- moderation [options]

Asks the engines and the rules of a policy bundle about labelled prompts and free photos, and prints how well they did.
What is counted is what the gate does (pass, hold, refuse) in the strictest of the bundle's use cases, not that a word was found.

  --set held-out|tuned|all  prompts of scripts/eval/moderation (held-out). The word lists are tuned on 'tuned' and never on
                            'held-out', which was written without knowing them: only its numbers say anything about new prompts.
  --policy FOLDER           the bundle to judge by (policies/starter): change a threshold in a copy and compare
  --misses                  list the prompts that came out otherwise than labelled; who has read those
                            of 'held-out' should not tune the lists afterwards
  --prompts-only            leave the photos out: a second instead of a minute
  --json                    the numbers as JSON on standard output
  --help                    this text
`;

class UsageError extends Error {}

function options() {
  const { values } = asked();
  const sets = values.set === 'all' ? SETS : [values.set];
  if (!sets.every((set) => SETS.includes(set))) throw new UsageError(`--set is held-out, tuned or all, not ${values.set}`);
  return { ...values, sets };
}

function asked() {
  try {
    return parseArgs({
      options: {
        set: { type: 'string', default: 'held-out' },
        policy: { type: 'string', default: join(root, 'policies/starter') },
        misses: { type: 'boolean', default: false },
        'prompts-only': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

async function evaluate({ sets, policy, misses, json, 'prompts-only': promptsOnly }) {
  const say = (lines) => (json ? process.stderr : process.stdout).write(`${[lines].flat().join('\n')}\n`);
  const gate = await openGate(policy);
  const prompts = sets.flatMap((set) => readSet(FOLDER, set));
  const unknown = unknownCategories(prompts, gate.categories);
  if (unknown.length > 0) throw new UsageError(`the taxonomy of ${policy} lacks ${unknown.join(', ')}`);
  const { manifest, hash } = gate.bundle;
  const bundle = { name: manifest.name, version: manifest.version, hash };
  say(`${prompts.length} prompts of the set ${sets.join(' and ')}, by ${bundle.name} ${bundle.version} (${bundle.hash.slice(0, 12)})\n`);

  const judged = judgeAll(prompts, gate);
  const byPrompts = measurePrompts(judged, gate);
  say(promptLines(byPrompts));
  const byPhotos = promptsOnly ? null : measurePhotos(await lookAtPhotos(readPhotos(FOLDER), gate));
  if (byPhotos !== null) say(['', ...photoLines(byPhotos)]);
  const latency = { ...byPrompts.latency, ...byPhotos?.latency };
  const unmeasured = notMeasured(gate.bundle, gate.looked, prompts);
  say(['', ...latencyLines(latency), '', ...notMeasuredLines(unmeasured)]);
  const listed = misses ? missesOf(judged) : null;
  if (listed !== null) say(['', ...missLines(listed)]);
  if (json)
    process.stdout.write(
      `${JSON.stringify({ sets, bundle, prompts: byPrompts, photos: byPhotos, latency, notMeasured: unmeasured, misses: listed })}\n`,
    );
}

try {
  const given = options();
  if (given.help) process.stdout.write(HELP);
  else await evaluate(given);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
