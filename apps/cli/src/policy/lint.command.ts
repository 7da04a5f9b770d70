import { readSignature, SIGNATURE_FILE, type Bundle, type BundleFiles } from '@imprimatur/formats/policy';
import { Command } from 'commander';
import { plural } from '../plural.js';
import { loadFolder } from './bundle.folder.js';
import { openEngine } from './policy.engine.js';
import { print, printJson, tellFaulty } from './policy.output.js';

const DETAILS = `
Reads the whole folder and tells everything that is wrong with it, by file and line: YAML, Cedar, facts and words that nobody knows, ids that stand
twice, rules without a hit and a miss among the golden tests, patterns of the lexicons, dates that are no days. Whether the golden tests come out
as written is for imprimatur policy test to say.

Exit codes: 0 sound; 1 faulty; 2 it could not be read (no such folder, no bundle in it, wrong usage).

Examples:
  imprimatur policy lint policies/starter
  imprimatur policy lint policies/starter --json | jq -r '.problems[] | "\\(.file):\\(.line) \\(.message)"'
`;

export function lintCommand(done: (exitCode: number) => void): Command {
  return new Command('lint')
    .summary('find every fault of a bundle')
    .description('Checks that a bundle is whole and sound.')
    .argument('<DIR>', 'folder of the bundle')
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (folder: string, options: { readonly json?: boolean }) => done(await lint(folder, options.json ?? false)));
}

async function lint(folder: string, json: boolean): Promise<number> {
  const { bundle, files, problems } = await loadFolder(folder, await openEngine());
  if (problems !== null) return tellFaulty(folder, problems, json);
  const { name, version, effective } = bundle.manifest;
  const counts = countsOf(bundle);
  const words = `${name} ${version}, effective ${effective}: ${plural(counts.rules, 'rule')}, ${plural(counts.goldens, 'golden test')}, ${plural(counts.lexicons, 'lexicon')}.`;
  if (json) printJson({ outcome: 'good', words, name, version, effective, hash: bundle.hash, ...counts, problems: [] });
  else {
    const notes = [...modeNotes(bundle), `hash ${bundle.hash}`, signatureNote(files, bundle.hash)];
    print([`${folder}: sound. ${words}`, ...notes.map((note) => `  ${note}`)]);
  }
  return 0;
}

function countsOf({ rules, goldens, lexicons }: Bundle): { readonly rules: number; readonly goldens: number; readonly lexicons: number } {
  return { rules: rules.length, goldens: goldens.length, lexicons: Object.keys(lexicons).length };
}

/** A rule that does not act is easily forgotten. */
function modeNotes({ rules }: Bundle): readonly string[] {
  const idsOf = (mode: string): readonly string[] => rules.filter((rule) => rule.mode === mode).map(({ id }) => id);
  const [shadow, off] = [idsOf('shadow'), idsOf('off')];
  return [
    ...(shadow.length === 0 ? [] : [`in shadow, reported and never acting: ${shadow.join(', ')}`]),
    ...(off.length === 0 ? [] : [`off: ${off.join(', ')}`]),
  ];
}

/** No fault: a bundle is repaired first and signed then. Whose signature it is, is for policy verify to say, which is given a key. */
function signatureNote(files: BundleFiles, hash: string): string {
  const text = files[SIGNATURE_FILE];
  if (text === undefined) return 'not signed';
  const read = readSignature(text);
  if (read === null) return `${SIGNATURE_FILE} cannot be read`;
  return read.bundle === hash
    ? `${SIGNATURE_FILE} names this content and the key ${read.key}: imprimatur policy verify checks it`
    : `${SIGNATURE_FILE} is over other content, ${read.bundle}`;
}
