import { concatBytes, Fault } from '@imprimatur/kernel';
import type { ManifestSigner, SigningAlgorithm } from '../manifest.signer.js';
import type { TimestampAuthority } from '../timestamp.authority.js';
import { CBOR_NULL, cborArray, cborBytes, cborInt, cborMap, cborText, TAG_COSE_SIGN1 } from './cbor.js';

/** COSE algorithm identifiers (RFC 9053, RFC 8230). */
const COSE_ALGORITHMS: Readonly<Record<SigningAlgorithm, number>> = { es256: -7, es384: -35, es512: -36, ps256: -37, ed25519: -8 };
const HEADER_ALGORITHM = cborInt(1);
const HEADER_X5CHAIN = cborInt(33);
const EMPTY = cborBytes(new Uint8Array());
/** A byte string's head is 1, 2, 3 or 5 bytes, and so the padding's own length moves by at most so much. */
const HEAD_BYTES_MAX = 5;
/** C2PA's names for zeros that fill the reserved place. */
const PADS = ['pad', 'pad2'] as const;

/**
 * The signature of one C2PA claim: tagged COSE_Sign1, payload detached, certificates and algorithm protected, the time stamp (`sigTst2`) over the
 * signature unprotected, padded to exactly `sizeBytes`. Without an authority it carries no time stamp.
 * Throws Fault SIGNATURE_TOO_LARGE, and what signer and authority throw.
 */
export async function signClaim(
  claim: Uint8Array,
  signer: ManifestSigner,
  authority: TimestampAuthority | null,
  sizeBytes: number,
): Promise<Uint8Array> {
  const chain = signer.certificateChain.map((certificate) => cborBytes(certificate));
  const [only] = chain;
  const x5chain = chain.length === 1 && only ? only : cborArray(...chain);
  const protectedHeader = cborBytes(cborMap([HEADER_ALGORITHM, cborInt(COSE_ALGORITHMS[signer.algorithm])], [HEADER_X5CHAIN, x5chain]));
  const signature = cborBytes(await signer.sign(cborArray(cborText('Signature1'), protectedHeader, EMPTY, cborBytes(claim))));
  const stamped =
    authority && (await authority.stamp(cborArray(cborText('CounterSignature'), protectedHeader, EMPTY, cborBytes(signature))));
  const timestamp: readonly (readonly [Uint8Array, Uint8Array])[] = stamped
    ? [[cborText('sigTst2'), cborMap([cborText('tstTokens'), cborArray(cborMap([cborText('val'), cborBytes(stamped)]))])]]
    : [];
  return padded(sizeBytes, (...paddings) => {
    const pads = paddings.map((length, at) => [cborText(PADS[at] ?? 'pad'), cborBytes(new Uint8Array(length))] as const);
    return concatBytes(TAG_COSE_SIGN1, cborArray(protectedHeader, cborMap(...timestamp, ...pads), CBOR_NULL, signature));
  });
}

/** The engine reserved `sizeBytes` in the file before it knew the signature. */
function padded(sizeBytes: number, build: (...paddings: readonly number[]) => Uint8Array): Uint8Array {
  const bare = build();
  if (bare.length === sizeBytes) return bare;
  // where one padding's own head grows it skips a size, and a second one, empty, makes up for it
  for (const more of [[], [0]]) {
    const room = sizeBytes - build(0, ...more).length;
    for (let padding = room; padding >= Math.max(0, room - HEAD_BYTES_MAX); padding -= 1) {
      const signed = build(padding, ...more);
      if (signed.length === sizeBytes) return signed;
    }
  }
  const message = `a signature of ${bare.length} bytes does not fit ${sizeBytes} reserved ones with its padding`;
  throw new Fault({ room: 'provenance', code: 'SIGNATURE_TOO_LARGE', message });
}
