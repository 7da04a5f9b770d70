import type { Version } from '@imprimatur/domain/assets';
import { EditingService } from '@imprimatur/domain/editing';
import { type PromptScreening, screenPrompt } from '@imprimatur/domain/moderation';
import type { Lexicon } from '@imprimatur/formats/policy';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** What is read again at every turn is bounded: the newest prompts, and of them so many characters. */
const PROMPTS_MAX = 20;
const CHARS_MAX = 4_000;

/** The prompts by which a picture became what it is. */
@Injectable()
export class ConversationReader {
  constructor(private readonly editing: EditingService) {}

  /** Of the turns that made `lineage` (the newest version first), oldest first, with the answers to what was asked; what was erased is left out. */
  async of(read: ReadContext, lineage: readonly Version[]): Promise<readonly string[]> {
    const ids = lineage.flatMap(({ item }) => (item === null ? [] : [item])).slice(0, PROMPTS_MAX);
    const items = new Map((await this.editing.findItems(read, ids)).map((item) => [item.id, item]));
    const prompts: string[] = [];
    for (const id of [...ids].reverse()) {
      const turn = items.get(id)?.turn;
      const contents = turn === undefined ? null : await this.editing.contents(read, turn);
      if (!contents) continue;
      const answers = contents.items.get(id)?.clarifications.flatMap(({ answer }) => answer ?? []) ?? [];
      prompts.push([contents.prompt, ...answers].join('\n'));
    }
    return prompts;
  }
}

/**
 * Classes that the prompts say together and none of them alone, from `floor` on: a request that was cut into harmless slices. What one of them said
 * was judged with it.
 */
export function joinedClasses(
  earlier: readonly string[],
  now: PromptScreening,
  words: string,
  lexicons: readonly Lexicon[],
  floor: number,
): readonly string[] {
  if (earlier.length === 0) return [];
  const joined = [...earlier, words].join('\n').slice(-CHARS_MAX);
  const single = new Set(
    [now, ...earlier.map((prompt) => screenPrompt(prompt, lexicons))].flatMap(({ classes }) => classes.map((hit) => hit.class)),
  );
  return screenPrompt(joined, lexicons)
    .classes.filter((hit) => hit.score >= floor && !single.has(hit.class))
    .map((hit) => hit.class);
}
