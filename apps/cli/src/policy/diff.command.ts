import { type BundleChange, diffBundles } from '@imprimatur/formats/policy';
import { Command } from 'commander';
import { plural } from '../plural.js';
import { loadFolder } from './bundle.folder.js';
import { openEngine } from './policy.engine.js';
import { print, printJson, tellFaulty } from './policy.output.js';

const DETAILS = `
Tells in words what would be decided or told differently: rules with their outcome, mode, reason, citation and condition; thresholds; use cases,
queues, reason codes and classes; how many phrases came to a word list and left it; golden tests that a rule lost.

Exit codes: 0 told, changes or none; 1 one of the bundles is faulty; 2 it could not be read.

Example:
  imprimatur policy diff policies/starter policies/ours
`;

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

export function diffCommand(done: (exitCode: number) => void): Command {
  return new Command('diff')
    .summary('tell in words what changed between two bundles')
    .description('Compares two bundles.')
    .argument('<OLD>', 'folder of the older bundle')
    .argument('<NEW>', 'folder of the newer bundle')
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (from: string, to: string, options: { readonly json?: boolean }) => done(await diff(from, to, options.json ?? false)));
}

async function diff(from: string, to: string, json: boolean): Promise<number> {
  const engine = await openEngine();
  const before = await loadFolder(from, engine);
  if (before.problems !== null) return tellFaulty(from, before.problems, json);
  const after = await loadFolder(to, engine);
  if (after.problems !== null) return tellFaulty(to, after.problems, json);
  const changes = diffBundles(before.bundle, after.bundle);
  const names = [before.bundle, after.bundle].map(({ manifest }) => `${manifest.name} ${manifest.version}`);
  const words = `${names.join(' -> ')}: ${changes.length === 0 ? 'no change' : plural(changes.length, 'change')}.`;
  if (json) printJson({ outcome: 'done', words, from: before.bundle.hash, to: after.bundle.hash, changes });
  else print([...changes.flatMap(lines), words]);
  return 0;
}

function lines({ area, id, kind, words }: BundleChange): readonly string[] {
  return [`${SIGNS[kind]} ${area} ${id}`, ...words.map((line) => `    ${line}`)];
}
