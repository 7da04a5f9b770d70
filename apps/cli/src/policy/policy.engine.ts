import type { Cedar, CedarPrinter, PolicyTools } from '@imprimatur/formats/policy';
import { sha256 } from '../node.digests.js';

export interface Engine extends PolicyTools {
  readonly cedar: Cedar & CedarPrinter;
}

/** The engine reads its WebAssembly when it is imported: commands that need no policy do not wait for it. */
export async function openEngine(): Promise<Engine> {
  const cedar = await import('@cedar-policy/cedar-wasm/nodejs');
  return { cedar, sha256 };
}
