import { openSigningCredentials, signClaim, type TimestampAuthority } from '@imprimatur/domain/provenance';
import { type ExportManifestInput, manifestDefinition, mediaTypeOf } from '@imprimatur/formats/manifest';
import { systemClock } from '@imprimatur/kernel';
import { makePicture, type ReleaseDesk } from './release-desk';

const SIGNATURE_BYTES = 16_384;

/** Signs whatever it is told with the installation's own key, past every check: what somebody who has the key could do. */
export async function forge(
  desk: ReleaseDesk,
  input: ExportManifestInput,
  file: Uint8Array,
  options: { readonly authority?: TimestampAuthority | null; readonly parent?: Uint8Array } = {},
): Promise<Uint8Array> {
  const { signer, authority: own } = await openSigningCredentials({ mode: 'test', home: desk.home }, systemClock);
  const authority = options.authority === undefined ? own : options.authority;
  const { definition, ingredients } = manifestDefinition(input);
  const bytes = options.parent ?? (await makePicture('png', 7));
  const mediaType = options.parent ? mediaTypeOf('jpeg') : mediaTypeOf('png');
  const request = {
    bytes: file,
    mediaType: mediaTypeOf(input.format),
    definition,
    ingredients: ingredients.map((each) => ({ definition: each.definition, bytes, mediaType })),
    thumbnail: null,
    trust: { trustAnchorsPem: desk.trust.read().trustAnchorsPem },
  };
  const sign = (claim: Uint8Array): Promise<Uint8Array> => signClaim(claim, signer, authority, SIGNATURE_BYTES);
  return desk.engine.sign(request, { algorithm: signer.algorithm, sizeBytes: SIGNATURE_BYTES, sign });
}

/** A copy with one byte changed, `offset` bytes after where `text` begins; the last occurrence unless told `first`. */
export function flipped(bytes: Uint8Array, text: string | Uint8Array, which: 'first' | 'last' = 'last', offset = 0): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = which === 'first' ? copy.indexOf(text) : copy.lastIndexOf(text);
  if (at < 0) throw new Error('nothing there to change');
  copy[at + offset] = (copy[at + offset] ?? 0) ^ 1;
  return copy;
}
