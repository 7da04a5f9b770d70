// The free photos, as they are and made worse in ways that happen to pictures, through the threads that look at pictures in the service.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { parse } from 'yaml';
import { room, root } from '../bench/cluster.mjs';
import { countingErrors, quantiles, shareOf } from './arithmetic.mjs';

/** None of them adds or takes a face, or makes a picture explicit. */
const VARIANTS = {
  'as it is': (picture) => picture,
  mirrored: (picture) => picture.flop(),
  'half the size': async (picture) => picture.resize({ width: Math.round((await picture.metadata()).width / 2) }),
  darker: (picture) => picture.modulate({ brightness: 0.5 }),
  'without colour': (picture) => picture.grayscale(),
  'turned by 12 degrees': (picture) => picture.rotate(12, { background: '#888' }),
  'compressed to quality 20': (picture) => picture.jpeg({ quality: 20 }),
};
const TASK = { kind: 'screen', pixelsMax: 64_000_000 };

/** The labels. Throws Error that names the entry which is none. */
export function readPhotos(folder) {
  const { photos } = parse(readFileSync(join(folder, 'photos.yaml'), 'utf8'));
  for (const [at, { file, faces, explicit, suggestive, text }] of photos.entries()) {
    const isLabelled = Number.isInteger(faces) && [explicit, suggestive, text].every((label) => typeof label === 'boolean');
    if (typeof file !== 'string' || !isLabelled)
      throw new Error(`photos.yaml, photos, ${at}: file, faces, explicit, suggestive and text are needed`);
  }
  return photos;
}

/** One row per photo and variant: what was found in it, and what would become of a harmless turn on it. */
export async function lookAtPhotos(photos, gate) {
  const { ThreadPool } = room('platform/threads');
  const thread = (name) =>
    new ThreadPool({ name, entry: join(root, 'dist/libs/domain/moderation/src', `${name}.thread.js`), threads: 1, timeoutMs: 60_000 });
  const [faces, explicit, text] = [thread('faces'), thread('explicit'), thread('text')];
  const rows = [];
  try {
    await Promise.all([faces, explicit, text].map((pool) => pool.run({ kind: 'warm-up' })));
    for (const photo of photos) {
      for (const [variant, change] of Object.entries(VARIANTS)) {
        const bytes = await made(readFileSync(join(root, photo.file)), change);
        // one after the other: each shall have the machine to itself while it is timed
        const [seen, content] = [await timed(() => faces.run({ ...TASK, bytes })), await timed(() => explicit.run({ ...TASK, bytes }))];
        const read = await timed(() => text.run({ ...TASK, bytes }));
        const { scores } = content.answer;
        rows.push({
          ...photo,
          variant,
          found: seen.answer.faces.length,
          scores,
          outcome: gate.judgePicture(scores),
          facesMs: seen.ms,
          explicitMs: content.ms,
          linesRead: read.answer.words.length,
          textOutcome: gate.judgeText(read.answer.words),
          textMs: read.ms,
        });
      }
    }
  } finally {
    await Promise.all([faces, explicit, text].map((pool) => pool.close()));
  }
  return rows;
}

async function made(bytes, change) {
  const picture = await change(sharp(bytes).rotate());
  return picture === undefined ? bytes : picture.jpeg({ quality: 90, force: false }).toBuffer();
}

async function timed(work) {
  const began = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - began };
}

/** The numbers of what `lookAtPhotos` saw. */
export function measurePhotos(rows) {
  const harmless = rows.filter(({ explicit, suggestive }) => !explicit && !suggestive);
  const counted = (of) => countingErrors(of.map(({ faces, found }) => ({ expected: faces, found })));
  return {
    photos: new Set(rows.map(({ file }) => file)).size,
    pictures: rows.length,
    faces: {
      withFaces: counted(rows.filter(({ faces }) => faces > 0)),
      withoutFaces: counted(rows.filter(({ faces }) => faces === 0)),
      asTheyAre: counted(rows.filter(({ variant }) => variant === 'as it is')),
      byVariant: Object.keys(VARIANTS).map((variant) => ({ variant, ...counted(rows.filter((row) => row.variant === variant)) })),
    },
    explicit: {
      falseAlarms: shareOf(harmless.filter(({ outcome }) => outcome !== 'pass').length, harmless.length),
      highest: Math.max(...harmless.map(({ scores }) => scores.sexual_explicit)),
    },
    suggestive: { highest: Math.max(...harmless.map(({ scores }) => scores.sexual_suggestive)) },
    text: {
      read: shareOf(rows.filter(({ text, linesRead }) => text && linesRead > 0).length, rows.filter(({ text }) => text).length),
      readWhereThereIsNone: shareOf(
        rows.filter(({ text, linesRead }) => !text && linesRead > 0).length,
        rows.filter(({ text }) => !text).length,
      ),
      falseAlarms: shareOf(rows.filter(({ textOutcome }) => textOutcome !== 'pass').length, rows.length),
    },
    latency: {
      faces: quantiles(rows.map(({ facesMs }) => facesMs)),
      explicit: quantiles(rows.map(({ explicitMs }) => explicitMs)),
      text: quantiles(rows.map(({ textMs }) => textMs)),
    },
  };
}

/** What a picture may be judged for, and why these photos do not show how well. */
export function notMeasured(bundle, categories, prompts) {
  const inPictures = bundle.data.taxonomy.classes.filter(({ stages }) =>
    stages.some((stage) => ['input', 'output', 'mask'].includes(stage)),
  );
  const bySeen = new Map([
    ['sexual.explicit', 'free photos show none: false alarms only'],
    ['sexual.suggestive', 'free photos show none: false alarms only'],
    ['person.unconsented', 'faces are counted; whether somebody agreed is a record, not a look'],
    ['person.face_altered', 'new faces are counted; no photo here was altered'],
  ]);
  const inPrompts = bundle.data.taxonomy.classes.filter(({ stages }) => stages.includes('prompt')).map(({ id }) => id);
  return [
    ...inPictures.map(({ id }) => ({ what: `${id} in pictures`, why: bySeen.get(id) ?? 'no engine looks for it in pictures' })),
    { what: 'what words in pictures say', why: 'free photos say nothing harmful: false alarms only' },
    ...inPrompts
      .filter((id) => !categories.includes(id))
      .map((id) => ({ what: `${id} in prompts`, why: 'the bundle has no word list for it' })),
    ...categories
      .filter((id) => !prompts.some((prompt) => prompt.categories.includes(id)))
      .map((id) => ({ what: `${id} in prompts`, why: 'the set has no prompt of it' })),
  ];
}
