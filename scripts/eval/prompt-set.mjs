// The labelled prompts: what a file of them may hold, and what a prompt's language is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** tuned: the word lists may be improved on it. held-out: written without knowing the rules, never tuned on, and what is reported. */
export const SETS = ['held-out', 'tuned'];

export const LANGUAGE_CLASS = 'language.unsupported';
const FIELDS = ['id', 'prompt', 'categories', 'language', 'near'];
const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai'];

/** Reads a set. Throws Error that names the entry which is none; whether its categories exist, `unknownCategories` says. */
export function readSet(folder, name) {
  const { prompts } = parse(readFileSync(join(folder, `${name}.yaml`), 'utf8'));
  if (!Array.isArray(prompts)) throw new Error(`${name}.yaml has no list called prompts`);
  return prompts.map((entry, at) => {
    const wrong = whyNoPrompt(entry);
    if (wrong !== null) throw new Error(`${name}.yaml, prompts, ${at}: ${wrong}`);
    return { ...entry, set: name, language: languageOf(entry) };
  });
}

function whyNoPrompt(entry) {
  if (typeof entry !== 'object' || entry === null) return 'no mapping';
  const unknown = Object.keys(entry).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) return `'${unknown}' is no field of a prompt`;
  if (typeof entry.id !== 'string' || entry.id === '') return 'it has no id';
  if (typeof entry.prompt !== 'string' || entry.prompt.trim() === '') return 'it has no words';
  if (!Array.isArray(entry.categories) || !entry.categories.every((each) => typeof each === 'string'))
    return 'categories is no list of names';
  return null;
}

/** What the label says; without one, English unless it is labelled as not: then only the script is known. */
function languageOf({ language, categories, prompt }) {
  if (language !== undefined) return language;
  if (!categories.includes(LANGUAGE_CLASS)) return 'en';
  const found = SCRIPTS.filter((script) => new RegExp(`\\p{Script=${script}}`, 'u').test(prompt));
  return `not stated, ${found.join(' and ') || 'another script'}`;
}

/** Categories that some prompt has and `known` does not hold. */
export function unknownCategories(prompts, known) {
  return [...new Set(prompts.flatMap(({ categories, near }) => [...categories, ...(near === undefined ? [] : [near])]))].filter(
    (category) => !known.includes(category),
  );
}
