import type { JsonObject } from '@imprimatur/kernel';
import type { ExportManifestInput } from '../manifest.input.js';

/** One kind of assertion: from our own words to its data. */
export interface AssertionKind {
  readonly label: string;
  /** created: this product vouches for it. gathered: it passes on what somebody told it. */
  readonly attribution: 'created' | 'gathered';
  /** One element per assertion; empty: nothing to say. */
  readonly build: (input: ExportManifestInput) => readonly JsonObject[];
}
