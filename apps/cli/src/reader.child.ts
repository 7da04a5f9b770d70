import { readFileSync, statSync } from 'node:fs';
import { type C2paEngine, loadEngine, readStore, unverifiable, type VerificationReport, verifyFile } from '@imprimatur/formats/manifest';
import { parseVkey, parseWitnessPolicy } from '@imprimatur/formats/merkle';
import { ed25519Verify, hmacSha256, sha256 } from './node.digests.js';
import { digestPixels } from './picture.digest.js';
import type { ReadAnswer, ReadOrder } from './reader.messages.js';

// Everything that looks inside a stranger's file happens in this process, which may be killed. It has nothing to ask the network for.
globalThis.fetch = () => Promise.reject(new Error('imprimatur verify asks no network'));

let engine: Promise<C2paEngine> | undefined;

async function verify({ file, trustAnchorsPem, logVkeys, witnessPolicy, bytesMax, pixelsMax }: ReadOrder): Promise<VerificationReport> {
  const { size } = statSync(file);
  if (size > bytesMax) return unverifiable(`The file has ${size} bytes; at most ${bytesMax} are checked here.`, 'manifest.size');
  const c2pa = await (engine ??= loadEngine(new Uint8Array(readFileSync(require.resolve('@contentauth/c2pa-wasm/c2pa.wasm')))));
  const logKeys = logVkeys.flatMap((vkey) => parseVkey(sha256, vkey) ?? []);
  return verifyFile(new Uint8Array(readFileSync(file)), {
    readStore: (bytes, mediaType) => readStore(c2pa, bytes, mediaType, { trustAnchorsPem }),
    digestPixels: (bytes) => digestPixels(bytes, pixelsMax),
    receipts: {
      sha256,
      hmacSha256,
      ed25519Verify,
      logKeys,
      ...(witnessPolicy === null ? {} : { policy: parseWitnessPolicy(sha256, witnessPolicy) }),
    },
  });
}

async function answer(order: ReadOrder): Promise<ReadAnswer> {
  try {
    return { report: await verify(order) };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { unreadable: error.message }; // the file system's own words
    // a panic of the engine: nothing in this process is to be believed any more
    process.exit(70);
  }
}

process.on('message', (order: ReadOrder) => {
  void answer(order).then((said) => process.send?.(said));
});
