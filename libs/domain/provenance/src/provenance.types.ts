import type { ManifestFormat, VerificationReport } from '@imprimatur/formats/manifest';

/** The bytes of an ingredient that the manifest names by `id`, with its own manifest inside where it has one. */
export interface IngredientFile {
  readonly id: string;
  /** `jpeg`, `png` ... */
  readonly format: string;
  readonly bytes: Uint8Array;
}

/** A file that may leave the house. */
export interface SignedExport {
  readonly bytes: Uint8Array;
  readonly format: ManifestFormat;
  /** 32 bytes, of the signed file. */
  readonly sha256: Uint8Array;
  /** `urn:c2pa:...` */
  readonly manifestUrn: string;
  /** What the public's validator says of it. */
  readonly report: VerificationReport;
}
