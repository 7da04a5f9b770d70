import { join } from 'node:path';
import { fingerprintOf, readSignature, runGoldens, SIGNATURE_FILE, signBundle, type BundleFiles } from '@imprimatur/formats/policy';
import { Command } from 'commander';
import { sha256 } from '../node.digests.js';
import { writeWhole, writeWholeOnce } from '../output.file.js';
import { plural } from '../plural.js';
import { UsageError } from '../usage.error.js';
import { loadFolder } from './bundle.folder.js';
import { readSigningKey } from './key.files.js';
import { openEngine } from './policy.engine.js';
import { failureLine, print, printJson, tellFaulty } from './policy.output.js';

interface Options {
  readonly key: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** What somebody who signs at the same moment has half written. */
const DRAFT = /^bundle\.sig\.[0-9a-f]+\.part$/;

const DETAILS = `
Signs the hash of everything in the folder but ${SIGNATURE_FILE}, and writes ${SIGNATURE_FILE}. What does not pass lint and its golden tests is not signed. A
signature that is there already, by another key or over other content, stays unless --force is given; the same one may be asked for again.

A key:  openssl genpkey -algorithm ed25519 -out policy.pem && openssl pkey -in policy.pem -pubout -out policy.pub.pem
A key with a passphrase:  openssl pkey -in locked.pem | imprimatur policy sign DIR --key /dev/stdin

Exit codes: 0 signed; 1 the bundle is faulty or fails its tests; 2 it could not be done (no such key, another signature there, wrong usage).

Example:
  imprimatur policy sign policies/starter --key policy.pem
`;

export function signCommand(done: (exitCode: number) => void): Command {
  return new Command('sign')
    .summary('sign a bundle that is sound and passes its tests')
    .description('Writes an Ed25519 signature over the bundle.')
    .argument('<DIR>', 'folder of the bundle')
    .requiredOption('--key <PEM>', 'file with the Ed25519 private key')
    .option('--force', 'replace a signature by another key or over other content')
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (folder: string, options: Options) => done(await sign(folder, options)));
}

async function sign(folder: string, { key: keyFile, force = false, json = false }: Options): Promise<number> {
  const key = await readSigningKey(keyFile);
  const engine = await openEngine();
  const { bundle, files, problems } = await loadFolder(folder, engine, DRAFT);
  if (problems !== null) return tellFaulty(folder, problems, json);
  const failures = runGoldens(bundle, engine.cedar);
  if (failures.length > 0) {
    const words = `${plural(failures.length, 'golden test')} failed; nothing was signed.`;
    if (json) printJson({ outcome: 'bad', words, failed: failures.length });
    else print([...failures.map((failure) => failureLine(folder, failure)), `${folder}: ${words}`]);
    return 1;
  }
  const signature = signBundle(bundle.hash, key.publicKey, key.sign, sha256);
  await write(folder, files, signature, force);
  const { name, version } = bundle.manifest;
  const fingerprint = fingerprintOf(key.publicKey, sha256);
  if (json) printJson({ outcome: 'done', name, version, hash: bundle.hash, key: fingerprint, file: join(folder, SIGNATURE_FILE) });
  else print([`${join(folder, SIGNATURE_FILE)}: signed ${name} ${version}`, `  hash ${bundle.hash}`, `  key  ${fingerprint}`]);
  return 0;
}

async function write(folder: string, files: BundleFiles, signature: string, force: boolean): Promise<void> {
  const file = join(folder, SIGNATURE_FILE);
  const present = files[SIGNATURE_FILE];
  if (present === signature) return;
  if (force) return writeWhole(file, signature);
  if (present !== undefined) throw new UsageError(`${file} holds another signature, ${tell(present)}: --force replaces it`);
  if (!(await writeWholeOnce(file, signature))) throw new UsageError(`${file} was written by somebody else just now: look at it first`);
}

function tell(text: string): string {
  const read = readSignature(text);
  return read === null ? 'which cannot be read' : `over ${read.bundle} by the key ${read.key}`;
}
