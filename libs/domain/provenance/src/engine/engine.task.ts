import type { MessagePort } from 'node:worker_threads';
import type { TrustSettings } from '@imprimatur/formats/manifest';
import type { SigningAlgorithm } from '../manifest.signer.js';
import type { SignRequest } from './manifest.engine.js';

/** What crosses to a thread. The key stays where it is: the thread sends the claim out through `port` and gets a `SignatureReply` back. */
export type EngineTask =
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly mediaType: string; readonly trust: TrustSettings }
  | {
      readonly kind: 'sign';
      readonly request: SignRequest;
      readonly algorithm: SigningAlgorithm;
      readonly sizeBytes: number;
      readonly port: MessagePort;
    };

/** Null: it could not be signed; the reason stays on the other side. */
export type SignatureReply = Uint8Array | null;
