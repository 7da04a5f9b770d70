import type { Json, JsonObject } from '@imprimatur/kernel';
import type { DisclosureKind } from './disclosure.js';

/** What a turn is asked: before rendering, after rendering, before an export. */
export const QUESTIONS = ['EditTurn', 'AutoRelease', 'Export'] as const;
export type Question = (typeof QUESTIONS)[number];

/** The gates that a rule may speak for (`@gate`). */
export const GATES = ['usage', 'consent', 'moderation', 'inspection', 'review', 'export'] as const;
export type Gate = (typeof GATES)[number];

/** Kinds of change that the parser of prompts can name. */
export const OPERATIONS = ['tone', 'colour', 'sharpness', 'geometry', 'crop', 'erase', 'recolour', 'text', 'blur', 'other'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const SOURCE_RIGHTS = ['owned', 'licensed', 'unknown', 'ai-prohibited'] as const;
export type SourceRights = (typeof SOURCE_RIGHTS)[number];

/** Why the licence of a source does not cover the use: its time is over, or the channel or the territory is not one that it names. */
export const SOURCE_RESTRICTIONS = ['expired', 'channel', 'territory'] as const;
export type SourceRestriction = (typeof SOURCE_RESTRICTIONS)[number];

/** What the file of a picture that its uploader calls their own says against it: names of others, an agency's, or that a model made it. */
export const ORIGIN_MISMATCHES = ['creator', 'credit', 'copyright', 'agency', 'ai-generated'] as const;
export type OriginMismatch = (typeof ORIGIN_MISMATCHES)[number];

/**
 * What a picture that is the same as, or alike to, the one in question was before: made or shown and refused; blocked because a right to it was
 * withdrawn; exported; put in quarantine; listed by people as never to be used, or as to be asked about first.
 */
export const KNOWN_AS = ['refused', 'withdrawn', 'exported', 'quarantined', 'prohibited', 'restricted'] as const;
export type KnownAs = (typeof KNOWN_AS)[number];

/** What stands between the tenant and the vendor of a provider: nothing is sent anywhere, terms are in force, they do not name the model, or there are none. */
export const VENDOR_TERMS = ['not-needed', 'in-force', 'model-unknown', 'missing'] as const;
export type VendorTermsStanding = (typeof VENDOR_TERMS)[number];

/** What licences of generated pictures may leave one free to do. */
export const LICENSED_USES = ['commercial', 'model-training'] as const;
export type LicensedUse = (typeof LICENSED_USES)[number];

/** Integers from 0 to 1000. `promptMax`: the highest score of any class in `promptCategories`; the others: of the picture. */
export interface Scores {
  readonly promptMax: number;
  readonly sexual_explicit: number;
  readonly sexual_suggestive: number;
  /** The highest score of any class in `pictureCategories`; absent where those are. Rules see 0 then. */
  readonly pictureMax?: number | undefined;
  /** The same of `textCategories`. */
  readonly textMax?: number | undefined;
}

/** Where and for what the result is meant. */
export interface PurposeFacts {
  readonly useCase: string;
  readonly channel: string;
  readonly territory: string;
}

/** Who and what is in the pictures, and what the tenant may do with them. All counts are whole numbers. */
export interface RightsFacts {
  readonly faces: number;
  readonly facesWithoutConsent: number;
  /** What the consents at hand do not cover, in the words of the consent room: kinds of change, channels, territories. */
  readonly consentScopeMissing: readonly string[];
  readonly sourceRights: SourceRights;
  /** What the licence of the source does not cover of this use; none is usual. */
  readonly sourceRestricted: readonly SourceRestriction[];
  /** Empty unless the picture is declared as owned. */
  readonly originMismatch: readonly OriginMismatch[];
  /** The past of pictures like this one; none is usual. */
  readonly knownAs: readonly KnownAs[];
}

/** What is asked for. */
export interface RequestFacts {
  readonly operations: readonly Operation[];
  /** Taxonomy classes that lexicons and moderators found in the prompt. */
  readonly promptCategories: readonly string[];
  /** Classes that this prompt and those by which the picture became what it is say together, and none of them alone. */
  readonly joinedCategories: readonly string[];
  /**
   * Taxonomy classes that moderators found in the picture, those with a score of their own left out. Absent where none was found or
   * reported; rules see none then.
   */
  readonly pictureCategories?: readonly string[] | undefined;
  /** Classes that the lexicons found in the words that stand in the picture. Absent where none was found. */
  readonly textCategories?: readonly string[] | undefined;
  readonly scores: Scores;
  readonly maskOverlapsFace: boolean;
  readonly provider: string;
}

/** What was agreed with the vendor of the provider. Where nothing is sent anywhere, nothing is kept or trained on, and the tenant answers itself. */
export interface VendorFacts extends LicenceFacts {
  readonly vendorTerms: VendorTermsStanding;
  /** Whether the vendor may train on what it is sent. */
  readonly vendorMayTrain: boolean;
  /** How long the vendor keeps what it is sent; 0: not at all. */
  readonly vendorRetentionDays: number;
  /** Whether somebody answers for claims of others against the output. */
  readonly vendorIndemnifies: boolean;
}

/** What the terms of everything that made the picture allow together. */
export interface LicenceFacts {
  readonly licensedFor: readonly LicensedUse[];
}

/** What whoever asks has done before they may. */
export interface AskerFacts {
  /** Whether they acknowledged the text that the bundle asks everybody to; true where it asks for none. */
  readonly policyAcknowledged: boolean;
  /** Modules of the bundle, as it has them now, that they passed and that still count. */
  readonly trainingCurrent: readonly string[];
}

/** How much was edited already, without this turn. */
export interface PaceFacts {
  /** Turns of this person in the last hour. */
  readonly turnsLastHour: number;
  /** Turns of the whole tenant in the last 24 hours. */
  readonly turnsLastDayTenant: number;
  /** Edits of this picture and of what was made of it in the last 24 hours, by anybody. */
  readonly turnsLastDayAsset: number;
}

/** How much was exported already, without this export. What failed does not count. */
export interface ExportPaceFacts {
  /** Exports of this person in the last 24 hours. */
  readonly exportsLastDay: number;
  /** Exports of this picture and of what was made of it, ever, by anybody. */
  readonly exportsOfAsset: number;
}

/** What only a rendered picture shows. */
export interface RenderedFacts {
  readonly newFaces: number;
  /** Changed pixels outside the mask per thousand of the pixels outside it; 0 where the whole picture may change. */
  readonly changedOutsideMaskPermille: number;
}

/** What became of a picture since the upload that it comes from, over all turns between. All 0 for the upload itself. */
export interface SinceRootFacts {
  /** Of its pixels per thousand, those that are not the upload's, lightened, coloured, turned or cropped as a whole. */
  readonly changedFromRootPermille: number;
  /** Faces of the upload that were changed, and not only coloured. */
  readonly facesChangedSinceRoot: number;
  /** Faces where none of the upload's is. */
  readonly facesAddedSinceRoot: number;
}

type TurnFacts = PurposeFacts & RightsFacts & RequestFacts & VendorFacts & AskerFacts & PaceFacts;
export type EditTurnFacts = TurnFacts & Partial<RenderedFacts> & Partial<SinceRootFacts>;
export type AutoReleaseFacts = TurnFacts & RenderedFacts & SinceRootFacts;
export type ExportFacts = PurposeFacts &
  RightsFacts &
  LicenceFacts &
  ExportPaceFacts &
  Partial<AskerFacts> &
  Partial<PaceFacts> &
  SinceRootFacts &
  Partial<RequestFacts> &
  Partial<VendorFacts> &
  Partial<RenderedFacts> & {
    readonly approved: boolean;
    /** Disclosures that the bundle demands for the territory and that the file will not carry. */
    readonly labelsMissing: readonly DisclosureKind[];
  };

/** One question with its facts: plain data, stored with the turn, so that any other bundle can be asked the same later. */
export type PolicyQuestion =
  | { readonly question: 'EditTurn'; readonly roles: readonly string[]; readonly facts: EditTurnFacts }
  | { readonly question: 'AutoRelease'; readonly roles: readonly string[]; readonly facts: AutoReleaseFacts }
  | { readonly question: 'Export'; readonly roles: readonly string[]; readonly facts: ExportFacts };

/** Every fact by its path in the rules, below `context`. */
export const FACT_PATHS = [
  'useCase',
  'channel',
  'territory',
  'roles',
  'operations',
  'promptCategories',
  'joinedCategories',
  'pictureCategories',
  'textCategories',
  'scores.promptMax',
  'scores.sexual_explicit',
  'scores.sexual_suggestive',
  'scores.pictureMax',
  'scores.textMax',
  'faces',
  'facesWithoutConsent',
  'newFaces',
  'maskOverlapsFace',
  'consentScopeMissing',
  'sourceRights',
  'sourceRestricted',
  'originMismatch',
  'knownAs',
  'turnsLastHour',
  'turnsLastDayTenant',
  'turnsLastDayAsset',
  'exportsLastDay',
  'exportsOfAsset',
  'policyAcknowledged',
  'trainingCurrent',
  'provider',
  'vendorTerms',
  'vendorMayTrain',
  'vendorRetentionDays',
  'vendorIndemnifies',
  'licensedFor',
  'changedOutsideMaskPermille',
  'changedFromRootPermille',
  'facesChangedSinceRoot',
  'facesAddedSinceRoot',
  'approved',
  'labelsMissing',
] as const;

/** A question as the ledger and evidence take it: absent facts left out, sets in order. */
export function questionAsJson(asked: PolicyQuestion): JsonObject {
  const facts: Record<string, Json> = {};
  for (const [name, value] of Object.entries(asked.facts) as [string, Json | undefined][]) {
    if (value !== undefined) facts[name] = Array.isArray(value) ? [...(value as string[])].sort() : value;
  }
  return { question: asked.question, roles: [...asked.roles].sort(), facts };
}
