export { emptyRoot, HASH_BYTES, leafHash, nodeHash } from './hash.js';
export {
  checkpointText,
  formatVkey,
  isSignedBy,
  keyIdOf,
  parseCheckpoint,
  parseVkey,
  signedNote,
  type Checkpoint,
  type Ed25519Verify,
  type LogKey,
  type NoteSignature,
  type SignedCheckpoint,
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
