import type { Receipt } from '@imprimatur/formats/ledger';
import type { VerdictOutcome } from '@imprimatur/kernel';
import type { DigitalSourceTerm, ManifestFormat } from './vocabulary.js';

/** Actions of C2PA 2.4 that this product tells. Watermarks and redactions come with the parts that make them. */
export const ACTION_NAMES = [
  'c2pa.addedText',
  'c2pa.adjustedColor',
  'c2pa.converted',
  'c2pa.cropped',
  'c2pa.deleted',
  'c2pa.drawing',
  'c2pa.edited',
  'c2pa.edited.metadata',
  'c2pa.enhanced',
  'c2pa.filtered',
  'c2pa.orientation',
  'c2pa.placed',
  'c2pa.removed',
  'c2pa.resized',
  'c2pa.resized.proportional',
  'c2pa.transcoded',
  'c2pa.watermarked.bound',
  'c2pa.watermarked.unbound',
] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

export interface SoftwareAgent {
  readonly name: string;
  readonly version: string;
}

/** One thing that was done to the picture, as it really was. */
export interface ManifestAction {
  readonly action: ActionName;
  /** RFC 3339 with Z. */
  readonly when: string;
  readonly softwareAgent: SoftwareAgent;
  /** Told by whoever made the pixels; every action that can be seen in the picture needs one. */
  readonly digitalSourceType?: DigitalSourceTerm;
  /** Ids of the ingredients it used; `placed` and `removed` need at least one. */
  readonly ingredients?: readonly string[];
}

/** One turn of the conversation: what it did, and commitments to what was asked. Never the prompt itself. */
export interface ManifestTurn {
  readonly id: string;
  readonly actions: readonly ManifestAction[];
  /** base64url, of the ledger entry's part `prompt`. */
  readonly promptCommitment?: string;
  /** base64url, of the ledger entry's part `mask`. */
  readonly maskCommitment?: string;
}

/** How the picture's life here began. */
export type ManifestInception =
  | { readonly kind: 'opened'; readonly ingredient: string; readonly when: string; readonly softwareAgent: SoftwareAgent }
  | {
      readonly kind: 'created';
      readonly digitalSourceType: DigitalSourceTerm;
      readonly when: string;
      readonly softwareAgent: SoftwareAgent;
    };

/** A picture that this one was made from. Its bytes are handed over when signing, with its own manifest inside where it has one. */
export interface ManifestIngredient {
  /** Unique in this manifest: `parent`, `reference-1`. */
  readonly id: string;
  readonly title: string;
  /** parentOf: what was opened. inputTo: a reference the model looked at. componentOf: a picture placed into this one. */
  readonly relationship: 'parentOf' | 'inputTo' | 'componentOf';
}

/** A model that took part. C2PA 2.4: `human_validated` only when a person saw and approved the exported derivative itself. */
export interface AiDisclosure {
  readonly modelName: string;
  /** `vendor/model@version`. */
  readonly modelIdentifier: string;
  readonly humanOversightLevel: 'fully_autonomous' | 'prompt_guided' | 'human_validated';
}

export interface GovernanceInput {
  readonly exportId: string;
  /** The released version that was exported. */
  readonly version: string;
  readonly policy: { readonly id: string; readonly version: string; readonly sha256: string };
  readonly verdicts: readonly {
    readonly turn: string;
    readonly gate: string;
    readonly outcome: VerdictOutcome;
    readonly reasons: readonly string[];
  }[];
  /** Digests of the consent records that covered it. */
  readonly consents: readonly string[];
  /** `reviewer` is a pseudonym made for this export, from `reviewerPseudonym`. */
  readonly approvals: readonly { readonly role: string; readonly reviewer: string; readonly at: string; readonly decision: string }[];
  /** FORMATS, 'Receipt v1': which version was approved by whom, and which file was made of it. */
  readonly receipts: { readonly released: Receipt; readonly rendered: Receipt };
}

/** Everything that an exported picture says of itself. */
export interface ExportManifestInput {
  readonly product: SoftwareAgent;
  readonly title: string;
  readonly format: ManifestFormat;
  readonly inception: ManifestInception;
  readonly turns: readonly ManifestTurn[];
  /** What the export itself did after the last turn: scaling, conversion, a label. */
  readonly derivation: readonly ManifestAction[];
  /** True only when the actions come from the execution log, complete. */
  readonly allActionsIncluded: boolean;
  readonly ingredients: readonly ManifestIngredient[];
  readonly governance: GovernanceInput;
  /** From the rights record; `unspecified` says nothing. */
  readonly aiTraining: 'allowed' | 'prohibited' | 'unspecified';
  /** Empty: no model took part. */
  readonly aiDisclosures: readonly AiDisclosure[];
  /** Perceptual fingerprint of the exported picture; null: none was taken. */
  readonly softBinding: { readonly algorithm: string; readonly value: string } | null;
}
