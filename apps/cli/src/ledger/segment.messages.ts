import type { SegmentOrder, SegmentReport } from '@imprimatur/formats/ledger';

export interface SegmentRequest {
  readonly id: number;
  readonly order: SegmentOrder;
}

/** `progress`: so many entries more are done. `failed`: the source could not be read. */
export type SegmentAnswer =
  | { readonly id: number; readonly progress: number }
  | { readonly id: number; readonly report: SegmentReport }
  | { readonly id: number; readonly failed: string };
