import { parse } from 'yaml';
import { type Lexicon, lexiconFormat } from '@imprimatur/formats/policy';
import { Fault } from '@imprimatur/kernel';

/** Reads the files below a bundle's `lexicons/`. Throws Fault LEXICON_INVALID with the file's name. */
export function parseLexicons(files: Readonly<Record<string, string>>): readonly Lexicon[] {
  return Object.entries(files).map(([path, text]) => {
    try {
      return lexiconFormat.parse(parse(text, { maxAliasCount: 0, uniqueKeys: true }));
    } catch (cause) {
      throw new Fault({ room: 'moderation', code: 'LEXICON_INVALID', message: `${path} is not a lexicon`, safe: true, cause });
    }
  });
}
