import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { PastQuestion } from '@imprimatur/formats/policy';
import { z } from 'zod';
import { UsageError } from '../usage.error.js';

const line = z.object({ id: z.string(), at: z.iso.datetime({ offset: true }), asked: z.unknown() });
/** The last line of what the service sends whole. */
const end = z.object({ end: z.literal(true), questions: z.int() });

/** Lines of JSON, `{ id, at, asked }` each, as `GET /policy-questions` sends them. Throws UsageError with the line that is none, and where lines are missing. */
export async function* readQuestions(file: string): AsyncGenerator<PastQuestion> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  let [number, questions] = [0, 0];
  let ended: number | null = null;
  try {
    for await (const text of lines) {
      number += 1;
      if (text.trim() === '') continue;
      const parsed = parse(text);
      const question = line.safeParse(parsed);
      if (question.success) {
        questions += 1;
        yield { id: question.data.id, at: new Date(question.data.at), asked: question.data.asked };
        continue;
      }
      const last = end.safeParse(parsed);
      if (!last.success) throw new UsageError(`${file}:${number}: no question: each line is { "id", "at", "asked" }`);
      ended = last.data.questions;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (ended !== null && ended !== questions) throw new UsageError(`${file}: ${ended} questions were sent, and ${questions} are in it`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
