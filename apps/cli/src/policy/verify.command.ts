import { bundleHash, checkSignature } from '@imprimatur/formats/policy';
import { Command } from 'commander';
import { ed25519Verify, sha256 } from '../node.digests.js';
import { readBundleFolder } from './bundle.folder.js';
import { readVerifyingKey } from './key.files.js';
import { print, printJson, tellFaulty } from './policy.output.js';

interface Options {
  readonly key: string;
  readonly json?: boolean;
}

const DETAILS = `
Hashes everything in the folder and checks bundle.sig with the public key that you give. Any byte changed, and any file that came or went, shows. It
says who signed what; whether the rules are sound is for imprimatur policy lint and test to say.

Exit codes: 0 it is what the key's holder signed; 1 it is not (changed, another key, forged, half a signature); 2 that could not be
known (not signed, no such folder or key, wrong usage).

Example:
  imprimatur policy verify policies/starter --key policy.pub.pem
`;

export function verifySignatureCommand(done: (exitCode: number) => void): Command {
  return new Command('verify')
    .summary("check a bundle's signature")
    .description('Checks that a bundle is what the holder of a key signed.')
    .argument('<DIR>', 'folder of the bundle')
    .requiredOption('--key <PUBPEM>', 'file with the Ed25519 public key')
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (folder: string, options: Options) => done(await verify(folder, options)));
}

async function verify(folder: string, { key, json = false }: Options): Promise<number> {
  const publicKey = await readVerifyingKey(key);
  const { files, problems } = await readBundleFolder(folder);
  // a file that is no text is in no hash: it must not lie there unnoticed
  if (problems.length > 0) return tellFaulty(folder, problems, json);
  const hash = bundleHash(files, sha256);
  const { status, words } = checkSignature(files, hash, publicKey, { sha256, ed25519Verify });
  const outcome = status === 'good' ? 'good' : status === 'unsigned' ? 'unknown' : 'bad';
  if (json) printJson({ outcome, status, words, hash });
  else print([`${folder}: ${outcome}. ${words}`, ...(status === 'good' ? [`  hash ${hash}`] : [])]);
  return { good: 0, bad: 1, unknown: 2 }[outcome];
}
