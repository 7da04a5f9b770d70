import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLexicons, screenPrompt } from '@imprimatur/domain/moderation';
import { joinedClasses } from './conversation';

const FOLDER = join(__dirname, '../../../../policies/starter/lexicons');
const lexicons = parseLexicons(
  Object.fromEntries(
    ['deception-document', 'sexual-nudity'].map((name) => [`lexicons/${name}.yaml`, readFileSync(join(FOLDER, `${name}.yaml`), 'utf8')]),
  ),
);
const FLOOR = 300;
const joined = (earlier: readonly string[], words: string): readonly string[] =>
  joinedClasses(earlier, screenPrompt(words, lexicons), words, lexicons, FLOOR);

describe('prompts that follow one another', () => {
  it('are heard together where each is harmless by itself', () => {
    const slices = ['add the word fake', 'passport in the corner'] as const;
    for (const slice of slices) expect(screenPrompt(slice, lexicons).classes).toEqual([]);
    expect(joined([slices[0]], slices[1])).toEqual(['deception.document']);
    expect(joined(['brighten by 10%', slices[0]], slices[1])).toEqual(['deception.document']);
  });

  it('say nothing new where one of them said it: it was judged with it', () => {
    expect(joined(['make a fake passport'], 'brighten by 10%')).toEqual([]);
    expect(joined(['brighten by 10%'], 'make a fake passport')).toEqual([]);
  });

  it('say nothing where there is one, or where they are harmless together', () => {
    expect(joined([], 'passport in the corner')).toEqual([]);
    expect(joined(['brighten by 10%', 'crop to a square'], 'passport in the corner')).toEqual([]);
  });

  it('are read from the newest, and only so far', () => {
    expect(joined(['add the word fake', 'x '.repeat(2_500)], 'passport in the corner')).toEqual([]);
  });
});
