import type { EntryId, SubjectId, TermsId } from '@imprimatur/kernel';

/** What the vendor lets its customer do with what its model made. */
export interface OutputLicence {
  readonly commercialUse: boolean;
  /** Whether models may be trained on it. */
  readonly modelTraining: boolean;
  /** Words that must stand beside it; null: none. */
  readonly attribution: string | null;
}

/** proposed > agreed (begins later) > in-force > expired; ended from any of the first three. */
export const TERMS_STATES = ['proposed', 'agreed', 'in-force', 'expired', 'ended'] as const;
export type TermsState = (typeof TERMS_STATES)[number];

/** What a tenant and a vendor agreed on. Never changed: other terms are other terms, and the newest that two people agreed to count. */
export interface VendorTerms extends NewTerms {
  readonly id: TermsId;
  /** Entry of the ledger that committed to it. */
  readonly entry: EntryId;
  readonly registeredBy: SubjectId | null;
  readonly registeredAt: Date;
  /** Null: a second person has not agreed yet. */
  readonly approved: { readonly by: SubjectId | null; readonly at: Date } | null;
  readonly ended: { readonly by: SubjectId | null; readonly at: Date; readonly entry: EntryId } | null;
}

export interface NewTerms {
  /** Name of the provider as configured: `gemini`. */
  readonly provider: string;
  /** Of the document: `Cloud terms, May 2026`. */
  readonly title: string;
  /** 32 bytes of the document as it was read. */
  readonly documentSha256: Uint8Array;
  /** Where it can be read; null: it lies with the tenant. */
  readonly documentUrl: string | null;
  /** As the vendor calls it: `enterprise`. */
  readonly tier: string;
  /** Models and their versions, exactly as the vendor reports them. Any other is unknown. */
  readonly models: readonly string[];
  /** Where the vendor works on what it is sent: ISO 3166 codes of countries, or `EU`. */
  readonly regions: readonly string[];
  /** How long the vendor keeps what it is sent; 0: not at all. */
  readonly retentionDays: number;
  /** Whether the vendor answers for claims of others against its output. */
  readonly indemnifies: boolean;
  /** Whether the vendor may train on what it is sent. */
  readonly mayTrain: boolean;
  readonly output: OutputLicence;
  readonly from: Date;
  readonly until: Date;
}

/** What stands between a tenant and a provider that is about to be asked, or was. */
export const TERMS_STANDINGS = ['not-needed', 'in-force', 'model-unknown', 'missing'] as const;

export interface TermsStanding {
  /** `not-needed`: nothing leaves this installation. `missing`: nothing was agreed, or what was agreed has ended. */
  readonly standing: (typeof TERMS_STANDINGS)[number];
  /** Null unless in force; also with an unknown model. */
  readonly terms: VendorTerms | null;
}

/** What everything that made a picture leaves one free to do with it. */
export interface PictureLicence {
  readonly commercialUse: boolean;
  readonly modelTraining: boolean;
  /** In the order in which they came to it, each once. */
  readonly attributions: readonly string[];
}

export interface TermsPage {
  /** Null: of every vendor. */
  readonly provider: string | null;
  /** Null: whatever its state. */
  readonly state: TermsState | null;
  readonly first: number;
  readonly after: string | null;
}
