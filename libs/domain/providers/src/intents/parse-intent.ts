import { splitClauses } from './clauses.js';
import type { Antecedent, ClauseReading, Intent, Question, Scene } from './intent.types.js';
import { normalisePrompt, stripPoliteness } from './prompt.normal.js';
import { type ClauseContext, notUnderstood } from './rules/rule.js';
import { RULES } from './rules/rule.table.js';
import { targetOf } from './targets.js';
import { Words } from './words.js';

/** Longer prompts are declined. */
export const PROMPT_CHARS_MAX = 2_000;
const SURE_OF_A_REFUSAL = 900;
const UNSURE_OF_A_QUESTION = 300;
const CONSTRAINT = /^(?:do not|not|no|never|without|keep|preserve|leave|maintain|avoid|make sure)\b/;
/** What an exact edit keeps by itself. A constraint that says more speaks of a thing, which cannot be told from the rest. */
const KEPT_ANYWAY =
  /\b(?:aspect ratio|proportions?|everything else|all else|(?:the )?rest(?: of (?:it|the picture))?|size|dimensions|resolution|quality|details?|anything else|other(?:wise)?|crop(?:ping)?|distort\w*|stretch\w*|blur(?:ring|red)?|rotat\w+|resiz\w+|flip\w*|sharpen\w*|as (?:it|they) (?:is|are)|as is|same|unchanged|untouched|intact|natural|realistic|alone|chang(?:e|ing)|overdo|overdone|lose|losing|too|much|colours?|contrast|brightness)\b/g;
const NOTHING_UNDERSTOOD = 100;

/**
 * What a prompt asks for, before anything is rendered: pure and deterministic, about a millisecond. It never throws, and it never
 * guesses: a prompt of which any part was not understood comes back with a question or a refusal, and nothing of it is done.
 */
export function parseIntent(prompt: string, scene: Scene = { hasMask: false }): Intent {
  if (prompt.length > PROMPT_CHARS_MAX) return tooLong();
  const { text, quotes } = normalisePrompt(prompt);
  const readings: { readonly clause: string; readonly reading: ClauseReading; readonly isComplaint: boolean }[] = [];
  let before: Antecedent | null = null;
  for (const clause of splitClauses(text, stripPoliteness)) {
    const { reading, isComplaint } = readClause(clause, quotes, { scene, before });
    readings.push({ clause: withQuotes(clause, quotes), reading, isComplaint });
    before = spokenOf(reading) ?? before;
  }
  if (readings.length === 0) readings.push({ clause: '', reading: notUnderstood(), isComplaint: false });
  const commands = readings.filter(({ isComplaint, reading }) => !isComplaint && reading.kind === 'operations');
  // 'it is too dark, brighten it': the complaint is the reason and not a second wish
  return summarise(commands.length > 0 ? readings.filter(({ isComplaint }) => !isComplaint) : readings, scene);
}

function readClause(
  clause: string,
  quotes: readonly string[],
  context: ClauseContext,
): { readonly reading: ClauseReading; readonly isComplaint: boolean } {
  if (CONSTRAINT.test(clause)) return { reading: { kind: 'constraint', constraint: clause }, isComplaint: false };
  for (const rule of RULES) {
    const words = new Words(clause, quotes);
    const match = words.take(rule.when);
    const reading = match && rule.read(words, match, context);
    if (reading) return { reading, isComplaint: rule.name === 'complaint' };
  }
  return { reading: notUnderstood(), isComplaint: false };
}

function spokenOf(reading: ClauseReading): Antecedent | null {
  if (reading.kind !== 'operations' && reading.kind !== 'question') return null;
  const operation = reading.operations.at(-1);
  if (operation === undefined || !('area' in operation)) return null;
  const target = 'target' in operation ? operation.target : null;
  return operation.area === null && target === null ? null : { area: operation.area, target };
}

function summarise(readings: readonly { readonly clause: string; readonly reading: ClauseReading }[], scene: Scene): Intent {
  const operations = readings.flatMap(({ reading }) => ('operations' in reading ? reading.operations : []));
  const constraints = readings.flatMap(({ reading }) => (reading.kind === 'constraint' ? [reading.constraint] : []));
  const declined =
    readings.map(({ reading }) => (reading.kind === 'declined' ? reading.declined : null)).find((each) => each !== null) ?? null;
  const questions = readings.flatMap(({ clause, reading }): Question[] =>
    reading.kind === 'question' ? [{ ...reading.question, clause }] : [],
  );
  const unkept = scene.hasMask ? undefined : constraints.find(speaksOfAThing);
  const onlyConstraints = constraints.length === readings.length;
  const question = declined
    ? null
    : (questions[0] ?? (onlyConstraints ? asked(constraints[0] ?? '') : unkept === undefined ? null : howToKeep(unkept)));
  const sure = readings.map(({ reading }) =>
    reading.kind === 'operations' ? reading.confidence : reading.kind === 'constraint' ? 1000 : UNSURE_OF_A_QUESTION,
  );
  const confidence =
    question?.code === 'NOT_UNDERSTOOD' ? NOTHING_UNDERSTOOD : Math.min(...sure, question === null ? 1000 : UNSURE_OF_A_QUESTION);
  return { operations, question, declined, constraints, confidence: declined ? SURE_OF_A_REFUSAL : confidence };
}

function speaksOfAThing(constraint: string): boolean {
  return targetOf(new Words(constraint.replace(CONSTRAINT, ' ').replace(KEPT_ANYWAY, ' '))).kind !== 'everything';
}

function asked(clause: string): Question {
  const reading = notUnderstood();
  if (reading.kind !== 'question') throw new Error('assertion failed: what is not understood is asked');
  return { ...reading.question, clause };
}

function howToKeep(constraint: string): Question {
  return {
    code: 'WHERE',
    text: `"${constraint}": I cannot find that by its name. Mark the part that may change with a mask, a box or a point; all else then stays as it is.`,
    candidates: [],
    needs: 'mask',
    clause: constraint,
    completion: null,
  };
}

function withQuotes(clause: string, quotes: readonly string[]): string {
  return clause.replace(/⟦(\d+)⟧/g, (_whole, index: string) => `"${quotes[Number(index)] ?? ''}"`);
}

function tooLong(): Intent {
  const message = `A prompt has at most ${PROMPT_CHARS_MAX} characters here.`;
  return { operations: [], question: null, declined: { code: 'PROMPT_TOO_LONG', message, instead: [] }, constraints: [], confidence: 1000 };
}

/**
 * The prompt that an answer makes of `prompt`, to be parsed again: the answer takes the place of the clause in question, by itself when it
 * can stand alone, else completed by what was asked ('90' > 'rotate by 90').
 */
export function applyAnswer(prompt: string, question: Question, answer: string, scene: Scene = { hasMask: false }): string {
  const alone = parseIntent(answer, scene);
  const isWhole = alone.question === null && alone.declined === null && alone.operations.length > 0;
  const said =
    isWhole || question.completion === null
      ? answer
      : question.completion.replace('{answer}', () => answer.trim().replace(/^["']|["']$/g, ''));
  const { text, quotes } = normalisePrompt(prompt);
  const clauses = splitClauses(text, stripPoliteness).map((clause) => withQuotes(clause, quotes));
  const at = clauses.indexOf(question.clause);
  return at < 0 ? said : clauses.with(at, said).join(', then ');
}

/**
 * The intent of a prompt and the answers to its questions, in the order in which they were given, with the prompt that says all of it. An answer
 * to no question is taken for a further request.
 */
export function parseConversation(
  words: readonly string[],
  scene: Scene = { hasMask: false },
): { readonly prompt: string; readonly intent: Intent } {
  const [first = '', ...answers] = words;
  let prompt = first;
  let intent = parseIntent(prompt, scene);
  for (const answer of answers) {
    prompt = intent.question === null ? `${prompt}. ${answer}` : applyAnswer(prompt, intent.question, answer, scene);
    intent = parseIntent(prompt, scene);
  }
  return { prompt, intent };
}
