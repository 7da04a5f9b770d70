import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type Sha256, utf8 } from '@imprimatur/kernel';
// an implementation that shares no code with ours; its package exports only the whole of Sigstore's verifier
import { verifyMerkleInclusion } from '../../../../node_modules/@sigstore/verify/dist/tlog/merkle.js';
import { leafHash } from './hash';
import { inclusionProof } from './proof';
import { Tree } from './tree';

const sha256: Sha256 = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

describe("Sigstore's verifier", () => {
  it('accepts our inclusion proofs, and refuses them for another entry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (size, some) => {
        const index = some % size;
        const tree = Tree.empty(sha256);
        const nodes = new Map<string, Uint8Array>();
        for (let at = 0; at < size; at += 1) {
          const leaf = leafHash(sha256, utf8(`entry ${at}`));
          nodes.set(`0/${at}`, leaf);
          for (const { level, index: place, hash } of tree.append(leaf)) nodes.set(`${level}/${place}`, hash);
        }
        const proof = inclusionProof(sha256, (level, place) => nodes.get(`${level}/${place}`) ?? new Uint8Array(0), index, size);
        const check = (body: string) => () =>
          verifyMerkleInclusion(
            {
              canonicalizedBody: Buffer.from(body),
              inclusionProof: { logIndex: String(index), hashes: proof.map((hash) => Buffer.from(hash)) },
            } as never,
            { logSize: BigInt(size), logHash: Buffer.from(tree.root()) } as never,
          );
        expect(check(`entry ${index}`)).not.toThrow();
        expect(check('forged')).toThrow(/does not match/);
      }),
      { numRuns: 40 },
    );
  });
});
