/** Formats that exports are written and signed in, and that files are verified in. */
export const MANIFEST_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const;
export type ManifestFormat = (typeof MANIFEST_FORMATS)[number];

/** The C2PA specification that our manifests are written to. */
export const SPEC_VERSION = '2.4';

/** Extended key usages that a signer's or time-stamper's certificate may have: claim signing, e-mail protection (older signers), time stamping. */
export const CLAIM_SIGNING_EKU = '1.3.6.1.4.1.62558.2.1';
export const EMAIL_PROTECTION_EKU = '1.3.6.1.5.5.7.3.4';
export const TIME_STAMPING_EKU = '1.3.6.1.5.5.7.3.8';
export const TRUSTED_EKUS = [CLAIM_SIGNING_EKU, EMAIL_PROTECTION_EKU, TIME_STAMPING_EKU] as const;

/** Every certificate of a development CA has this in its names, so that whoever reads the file can say so. */
export const DEVELOPMENT_CA_MARK = 'Imprimatur Development';

const DIGITAL_SOURCE_TYPE = 'http://cv.iptc.org/newscodes/digitalsourcetype/';

/** Terms of the IPTC vocabulary that this product may tell. `algorithmicallyEnhanced` means that the main content is unchanged. */
export type DigitalSourceTerm =
  | 'algorithmicallyEnhanced'
  | 'composite'
  | 'compositeWithTrainedAlgorithmicMedia'
  | 'digitalCreation'
  | 'humanEdits'
  | 'trainedAlgorithmicMedia';

export function digitalSourceUri(term: DigitalSourceTerm): string {
  return `${DIGITAL_SOURCE_TYPE}${term}`;
}

export function mediaTypeOf(format: ManifestFormat): string {
  return `image/${format}`;
}

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
const begins = (bytes: Uint8Array, ...magic: readonly number[]): boolean => magic.every((byte, at) => bytes[at] === byte);

/** What the first bytes are, whatever the file is called; null: no format that is verified here. */
export function sniffManifestFormat(bytes: Uint8Array): ManifestFormat | null {
  if (begins(bytes, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (begins(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
  if (begins(bytes, 0x49, 0x49, 0x2a, 0) || begins(bytes, 0x4d, 0x4d, 0, 0x2a)) return 'tiff';
  const isAvif = ascii(bytes, 4, 8) === 'ftyp' && ['avif', 'avis'].includes(ascii(bytes, 8, 12));
  return isAvif ? 'avif' : null;
}
