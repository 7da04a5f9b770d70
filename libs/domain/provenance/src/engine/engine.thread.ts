import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import {
  type C2paEngine,
  engineErrorText,
  engineSettings,
  isPanic,
  loadEngine,
  MemoryBlob,
  readStore,
  type StoreReading,
} from '@imprimatur/formats/manifest';
import { Fault } from '@imprimatur/kernel';
import type { EngineTask, SignatureReply } from './engine.task.js';

type SignTask = Extract<EngineTask, { kind: 'sign' }>;
type EngineBlob = Parameters<C2paEngine['WasmReader']['fromBlob']>[1];

let loaded: Promise<C2paEngine> | undefined;
let panicked = false;

/** Thread: parsing, hashing and writing of manifests, in WebAssembly. */
export default async function run(task: EngineTask): Promise<StoreReading | Uint8Array> {
  // after a panic the instance is of no more use, and a thread has one; the pool makes another
  if (panicked) process.exit(1);
  const engine = await (loaded ??= loadEngine(new Uint8Array(readFileSync(require.resolve('@contentauth/c2pa-wasm/c2pa.wasm')))));
  try {
    return task.kind === 'read' ? await readStore(engine, task.bytes, task.mediaType, task.trust) : await sign(engine, task);
  } catch (error) {
    panicked = isPanic(error);
    if (panicked && task.kind === 'read') return { kind: 'unreadable', why: 'the engine gave up on it' };
    throw new Fault({ room: 'provenance', code: 'SIGNING_FAILED', message: `the file could not be signed: ${engineErrorText(error)}` });
  }
}

async function sign(engine: C2paEngine, { request, algorithm, sizeBytes, port }: SignTask): Promise<Uint8Array> {
  const { definition, ingredients, thumbnail, trust, bytes, mediaType } = request;
  const builder = engine.WasmBuilder.fromJson(JSON.stringify(definition), engineSettings(trust));
  try {
    for (const ingredient of ingredients) {
      await builder.addIngredientFromBlob(JSON.stringify(ingredient.definition), ingredient.mediaType, blob(ingredient.bytes));
    }
    if (thumbnail) builder.setThumbnailFromBlob('image/jpeg', blob(thumbnail));
    const definitionOfSigner = { alg: algorithm, reserveSize: sizeBytes, sign: (claim: Uint8Array) => signedElsewhere(port, claim) };
    return await builder.sign(definitionOfSigner, [], mediaType, blob(bytes));
  } finally {
    builder.free();
    port.close();
  }
}

async function signedElsewhere(port: MessagePort, claim: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const answer = once(port, 'message') as Promise<[SignatureReply]>;
  // the claim lies in the engine's memory, which may move: hand over a copy
  port.postMessage(claim.slice());
  const [signature] = await answer;
  if (signature === null) throw new Error('the claim was not signed');
  return new Uint8Array(signature);
}

/** The engine calls `size`, `slice` and nothing else of a Blob. */
function blob(bytes: Uint8Array): EngineBlob {
  return new MemoryBlob(bytes) as unknown as EngineBlob;
}
