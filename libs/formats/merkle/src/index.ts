export { emptyRoot, HASH_BYTES, leafHash, nodeHash } from './hash.js';
export { cosignature, cosignatureMessage, verifyCosignature } from './cosignature.js';
export {
  checkpointText,
  formatVkey,
  formatWitnessVkey,
  isSignedBy,
  keyIdOf,
  parseCheckpoint,
  parseSignatureLines,
  parseVkey,
  parseWitnessVkey,
  signatureLine,
  signedNote,
  type Checkpoint,
  type Ed25519Verify,
  type LogKey,
  type NoteSignature,
  type SignedCheckpoint,
  type WitnessKey,
} from './note.js';
export { consistencyProof, inclusionProof, nodesRead, verifyConsistency, verifyInclusion, type HashSource, type NodeRef } from './proof.js';
export {
  bundlePath,
  bundlesOf,
  decodeBundle,
  encodeBundle,
  hashSourceOf,
  parseTilePath,
  TILE_WIDTH,
  tilePath,
  tilesOf,
  type BundleRef,
  type TileRef,
} from './tile.js';
export { edgeOf, Tree, type PerfectNode } from './tree.js';
export { formatTlogProof, parseTlogProof, type TlogProof } from './tlog-proof.js';
export { judgeWitnessPolicy, parseWitnessPolicy, WitnessPolicyError, type WitnessJudgement, type WitnessPolicy } from './witness-policy.js';
export { formatAddCheckpoint, parseAddCheckpoint, SIZE_CONTENT_TYPE, type AddCheckpoint } from './witness-request.js';
