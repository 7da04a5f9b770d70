// What a policy bundle does with a prompt and with a picture's scores: asked of the product's own engines and rules, as built.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { room, root } from '../bench/cluster.mjs';

const require = createRequire(import.meta.url);
const { decide, prepare, withBrands } = room('formats/policy');
const { parseLexicons, screenPrompt } = room('domain/moderation');
const { judgeText } = room('flows/gates');

/** A turn to which no rule objects, but for what is being judged. */
const HARMLESS = {
  channel: 'internal',
  territory: 'US',
  operations: ['other'],
  promptCategories: [],
  joinedCategories: [],
  knownAs: [],
  scores: { promptMax: 0, sexual_explicit: 0, sexual_suggestive: 0 },
  faces: 0,
  facesWithoutConsent: 0,
  consentScopeMissing: [],
  maskOverlapsFace: false,
  sourceRights: 'owned',
  policyAcknowledged: true,
  trainingCurrent: ['attribution', 'consent', 'quality'],
  sourceRestricted: [],
  originMismatch: [],
  turnsLastHour: 0,
  turnsLastDayTenant: 0,
  turnsLastDayAsset: 0,
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
const STRICTNESS = ['pass', 'throttle', 'hold', 'refuse'];

/** Reads and checks a bundle. Throws Error with every problem of one that is not sound. */
export async function openGate(folder) {
  const { loadFolder } = require(join(root, 'dist/apps/cli/src/policy/bundle.folder.js'));
  const { openEngine } = require(join(root, 'dist/apps/cli/src/policy/policy.engine.js'));
  const engine = await openEngine();
  const { bundle, problems } = await loadFolder(folder, engine);
  if (bundle === null)
    throw new Error(`${folder} is no sound bundle:\n${problems.map(({ where, message }) => `  ${where}: ${message}`).join('\n')}`);
  return new Gate(bundle, engine.cedar);
}

/** Every use case of the bundle is asked, before rendering and before release; the strictest counts. */
export class Gate {
  #prepared;
  #lexicons;
  #answers = new Map();

  constructor(bundle, cedar) {
    this.bundle = bundle;
    this.#prepared = prepare(bundle, cedar);
    this.#lexicons = withBrands(parseLexicons(bundle.lexicons), bundle.data.brands);
    /** Classes of the taxonomy that a prompt may have, and those among them for which the bundle or an engine looks. */
    this.categories = bundle.data.taxonomy.classes.filter(({ stages }) => stages.includes('prompt')).map(({ id }) => id);
    const looked = new Set([...this.#lexicons.map((lexicon) => lexicon.class), 'language.unsupported']);
    this.looked = this.categories.filter((id) => looked.has(id));
  }

  /** What the prompt engine finds: `{ classes: [{ class, score }], max }`. */
  screen(prompt) {
    return screenPrompt(prompt, this.#lexicons);
  }

  /** What becomes of a turn whose prompt has this screening, and of which of its classes the rules take notice. */
  judge({ classes, max }) {
    const names = classes.map((hit) => hit.class);
    const outcome = this.#outcome(names, max, 0);
    return { outcome, acting: names.filter((name) => this.#actsOn(name, max)) };
  }

  /** Whether a prompt that is of this class and of no other is stopped when its words are unmistakable. */
  actsAlone(category) {
    return this.#outcome([category], 1000, 0) !== 'pass';
  }

  /** What becomes of a harmless turn whose picture has these scores. */
  judgePicture(scores) {
    return this.#strictest({ scores: { ...HARMLESS.scores, ...scores } });
  }

  /** What becomes of a harmless turn whose picture says these lines. */
  judgeText(words) {
    const { classes } = judgeText(words, null, this.#lexicons, this.bundle.data.taxonomy.levels.LOW);
    if (classes.length === 0) return 'pass';
    return this.#strictest({ textCategories: classes.map((hit) => hit.class), scores: { ...HARMLESS.scores, textMax: classes[0].score } });
  }

  /** Alone, or beside a picture that is explicit: a minor is no matter until then. */
  #actsOn(name, max) {
    return this.#outcome([name], max, 0) !== 'pass' || this.#outcome([name], max, 1000) !== 'pass';
  }

  #outcome(categories, promptMax, explicit) {
    const key = JSON.stringify([[...categories].sort(), promptMax, explicit]);
    let outcome = this.#answers.get(key);
    if (outcome === undefined) {
      const beside = { scores: { ...HARMLESS.scores, sexual_explicit: explicit } };
      outcome = this.#strictest({ promptCategories: [...categories], scores: { ...beside.scores, promptMax } }, beside);
      this.#answers.set(key, outcome);
    }
    return outcome;
  }

  /** Only rules count that do not apply to the same turn without `facts`: some use cases always wait for a person. */
  #strictest(facts, without = {}) {
    const outcomes = this.bundle.data.useCases.flatMap(({ id }) => {
      const before = new Set(this.#findings(id, without).map(({ rule }) => rule));
      return this.#findings(id, facts)
        .filter(({ rule }) => !before.has(rule))
        .map(({ outcome }) => outcome);
    });
    return outcomes.reduce((worst, each) => (STRICTNESS.indexOf(each) > STRICTNESS.indexOf(worst) ? each : worst), 'pass');
  }

  #findings(useCase, facts) {
    const asked = { ...HARMLESS, useCase, ...facts };
    return ['EditTurn', 'AutoRelease'].flatMap((question) =>
      this.decide({ question, roles: ['creator'], facts: question === 'AutoRelease' ? { ...asked, ...RENDERED } : asked }),
    );
  }

  /** The findings of one question. */
  decide(question) {
    return decide(this.#prepared, question).findings;
  }

  /** One decision as a turn asks for it, for its time. */
  decideOnce({ classes, max }) {
    const [useCase] = this.bundle.data.useCases;
    const scores = { ...HARMLESS.scores, promptMax: max };
    this.decide({
      question: 'EditTurn',
      roles: ['creator'],
      facts: { ...HARMLESS, useCase: useCase.id, promptCategories: classes.map((hit) => hit.class), scores },
    });
  }
}
