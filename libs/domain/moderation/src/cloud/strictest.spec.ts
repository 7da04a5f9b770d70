import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { AZURE_MAPPING } from './azure.moderator';
import { GEMINI_MAPPING } from './gemini.ratings';
import { MODEL_ARMOR_MAPPING } from './model-armor.moderator';
import { OPENAI_MAPPING } from './openai.moderator';
import { REKOGNITION_MAPPING } from './rekognition.moderator';
import type { EngineVerdict } from './moderator.types';
import { pictureScores, strictestOf } from './strictest';

const said = (engine: string, scores: Readonly<Record<string, number>>): EngineVerdict => ({
  engine,
  version: '1',
  model: null,
  unmapped: [],
  classes: Object.entries(scores).map(([name, score]) => ({ class: name, score, raw: '' })),
});
const NOTHING = { sexual_explicit: 0, sexual_suggestive: 0 };

const TAXONOMY = join(__dirname, '../../../../../policies/starter/data/taxonomy.yaml');
const MAPPINGS = { AZURE_MAPPING, GEMINI_MAPPING, MODEL_ARMOR_MAPPING, OPENAI_MAPPING, REKOGNITION_MAPPING };

describe('the words of the vendors', () => {
  const { classes } = parse(readFileSync(TAXONOMY, 'utf8')) as { classes: readonly { id: string }[] };

  it.each(Object.entries(MAPPINGS))('stand for classes of the taxonomy: %s', (_, mapping) => {
    const known = classes.map(({ id }) => id);
    expect(Object.values(mapping).filter((each) => !known.includes(each))).toEqual([]);
  });
});

describe('the strictest of several engines', () => {
  it('is the highest score of each class, strongest first, from the floor on', () => {
    const verdicts = [
      said('a', { 'hate.content': 300, harassment: 299, self_harm: 900 }),
      said('b', { 'hate.content': 750, self_harm: 20 }),
    ];
    expect(strictestOf(verdicts, 300)).toEqual([
      { class: 'self_harm', score: 900 },
      { class: 'hate.content', score: 750 },
    ]);
  });

  it('raises the local scores of a picture, and never lowers them', () => {
    const local = { sexual_explicit: 500, sexual_suggestive: 100 };
    const verdicts = [said('a', { 'sexual.explicit': 0, 'sexual.suggestive': 850 }), said('b', { 'sexual.explicit': 480 })];
    expect(pictureScores(local, verdicts, 300)).toEqual({ sexual_explicit: 500, sexual_suggestive: 850, others: [] });
  });

  it('takes a class that nobody reports for nothing found, and lists the others', () => {
    expect(pictureScores(NOTHING, [said('a', {}), said('b', { 'violence.graphic': 610, 'regulated.goods': 299 })], 300)).toEqual({
      ...NOTHING,
      others: [{ class: 'violence.graphic', score: 610 }],
    });
  });
});
