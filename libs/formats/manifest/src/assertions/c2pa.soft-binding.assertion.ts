import type { AssertionKind } from './assertion.types.js';

/** The perceptual fingerprint by which a copy without its manifest may be found again: a possible match, never a proof. */
export const softBinding: AssertionKind = {
  label: 'c2pa.soft-binding',
  attribution: 'created',
  build: ({ softBinding: taken }) => (taken === null ? [] : [{ alg: taken.algorithm, blocks: [{ scope: {}, value: taken.value }] }]),
};
