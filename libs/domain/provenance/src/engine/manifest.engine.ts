import type { StoreReading, TrustSettings } from '@imprimatur/formats/manifest';
import type { JsonObject } from '@imprimatur/kernel';
import type { SigningAlgorithm } from '../manifest.signer.js';

/** One file to be signed, with what its manifest says and what it was made from. */
export interface SignRequest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** In the JSON that c2pa-rs takes; `manifestDefinition` makes it. */
  readonly definition: JsonObject;
  readonly ingredients: readonly { readonly definition: JsonObject; readonly bytes: Uint8Array; readonly mediaType: string }[];
  /** JPEG; null: none. */
  readonly thumbnail: Uint8Array | null;
  /** With which ingredients' credentials are validated when they are added: what is found is recorded in the manifest. */
  readonly trust: TrustSettings;
}

/** What turns a claim into a COSE signature of exactly `sizeBytes`. */
export interface ClaimSigner {
  readonly algorithm: SigningAlgorithm;
  readonly sizeBytes: number;
  sign(claim: Uint8Array): Promise<Uint8Array>;
}

/** An implementation of C2PA. Works in threads of its own; never asks the network. */
export interface ManifestEngine {
  /** Reads and validates, whatever the bytes are: what cannot be read is an answer. Throws Fault THREADS_BUSY or THREAD_CRASHED (retryable). */
  read(bytes: Uint8Array, mediaType: string, trust: TrustSettings, signal?: AbortSignal): Promise<StoreReading>;
  /** The signed file. Throws Fault SIGNING_FAILED, what the claim signer threw, THREAD_TIMEOUT, THREADS_BUSY or THREAD_CRASHED (retryable). */
  sign(request: SignRequest, signer: ClaimSigner, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Injection token of the configured engine. */
export const MANIFEST_ENGINE = Symbol('ManifestEngine');
