import type { VerificationReport } from '@imprimatur/formats/manifest';

/** One file for the reading process. */
export interface ReadOrder {
  readonly file: string;
  /** PEM; null: no issuer is known. */
  readonly trustAnchorsPem: string | null;
  readonly logVkeys: readonly string[];
  readonly witnessPolicy: string | null;
  readonly bytesMax: number;
  readonly pixelsMax: number;
}

export type ReadAnswer = { readonly report: VerificationReport } | { readonly unreadable: string };
