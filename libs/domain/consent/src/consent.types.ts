import type { AssetId, AttestationId, ConsentId, SubjectId, VersionId } from '@imprimatur/kernel';

export const AGE_BANDS = ['adult', 'minor'] as const;
export type AgeBand = (typeof AGE_BANDS)[number];

export const CONSENT_METHODS = ['signed-form', 'electronic-signature', 'recorded-statement'] as const;
export type ConsentMethod = (typeof CONSENT_METHODS)[number];

export const KINDS_OF_CHANGE = ['retouch', 'background', 'clothing', 'body', 'face', 'age', 'full-replica'] as const;
export type KindOfChange = (typeof KINDS_OF_CHANGE)[number];

/** Who agrees for somebody who cannot: for a minor, or for an adult under care, a guardian; for somebody who died, the estate. */
export const REPRESENTATIVE_BASES = {
  guardian: ['parent', 'appointed-guardian', 'power-of-attorney'],
  estate: ['executor', 'heir', 'rights-holder'],
} as const;
export type RepresentativeKind = keyof typeof REPRESENTATIVE_BASES;
export const REPRESENTATIVE_KINDS = Object.keys(REPRESENTATIVE_BASES) as readonly RepresentativeKind[];

export interface Representative {
  readonly kind: RepresentativeKind;
  /** Why they may: one of the bases of their kind. */
  readonly basis: string;
  /** Under a pseudonym, as the person shown is. */
  readonly subject: SubjectId;
}

/** Release status as the PLUS License Data Format has it: none, not applicable, unlimited, limited or incomplete. */
export const MODEL_RELEASES = ['MR-NON', 'MR-NAP', 'MR-UMR', 'MR-LMR'] as const;
export type ModelRelease = (typeof MODEL_RELEASES)[number];
export const PROPERTY_RELEASES = ['PR-NON', 'PR-NAP', 'PR-UPR', 'PR-LPR'] as const;
export type PropertyRelease = (typeof PROPERTY_RELEASES)[number];

/** The use case of pictures that models are trained on. */
export const TRAINING_USE_CASE = 'model-training';

/** A rectangle in thousandths of the picture's width and height, orientation applied. Integers; a face at the edge may reach beyond it. */
export interface FaceBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What a person agreed to: all of it must cover a use. */
export interface ConsentScope {
  readonly useCases: readonly string[];
  readonly kindsOfChange: readonly KindOfChange[];
  readonly channels: readonly string[];
  /** ISO 3166 codes; `*`: everywhere. */
  readonly territories: readonly string[];
  /** To which providers outside the installation the picture may be sent; `*`: to any. Empty: it stays. */
  readonly providers: readonly string[];
  /** Whether models may be trained on it, by the tenant or by a vendor. */
  readonly training: boolean;
}

/** One version of a person's consent. A change is a new version under the same id. */
export interface ConsentRecord {
  readonly id: ConsentId;
  /** 1, 2, 3 ... per consent. */
  readonly version: number;
  /** The depicted person, under a pseudonym. */
  readonly subject: SubjectId;
  readonly ageBand: AgeBand;
  /** Null: the person speaks for themselves. */
  readonly representative: Representative | null;
  readonly method: ConsentMethod;
  /** What the person read, and its language (BCP 47). */
  readonly notice: { readonly text: string; readonly language: string };
  readonly scope: ConsentScope;
  /** Null: the record says nothing of a release. */
  readonly modelRelease: ModelRelease | null;
  readonly propertyRelease: PropertyRelease | null;
  readonly validFrom: Date;
  /** Null: until withdrawn. */
  readonly validUntil: Date | null;
  readonly state: 'given' | 'withdrawn';
  /** Who wrote this version. */
  readonly registeredBy: SubjectId | null;
  readonly createdAt: Date;
}

/** By what a picture is known again, strongest first. */
export interface PictureIdentity {
  /** Of the file, 32 bytes; null: erased, or not stored yet. */
  readonly sha256: Uint8Array | null;
  /** Of the decoded pixels, 32 bytes. */
  readonly pixelSha256: Uint8Array | null;
  /** 256-bit perceptual hash, 64 hexadecimal digits. */
  readonly fingerprint: string | null;
}

/** Which face of which picture a consent speaks of. */
export interface ConsentBinding {
  readonly consent: ConsentId;
  readonly asset: AssetId;
  readonly version: VersionId;
  readonly picture: PictureIdentity & { readonly sha256: Uint8Array };
  readonly face: FaceBox;
}

/** A scope as a form has it. */
export interface NewScope {
  readonly useCases: readonly string[];
  readonly kindsOfChange: readonly string[];
  readonly channels: readonly string[];
  readonly territories: readonly string[];
  /** Left out: any, since vendors work under terms that two people agreed to. */
  readonly providers?: readonly string[] | null | undefined;
  /** Left out: no. */
  readonly training?: boolean | null | undefined;
}

/** Who signs for the person, as a form has it. */
export interface NewRepresentative {
  readonly kind: string;
  readonly basis: string;
  readonly name: string;
}

export interface NewConsent extends Omit<ConsentBinding, 'consent'> {
  readonly person: string;
  readonly ageBand: AgeBand;
  readonly representative?: NewRepresentative | null | undefined;
  readonly method: string;
  readonly notice: ConsentRecord['notice'];
  readonly scope: NewScope;
  readonly modelRelease?: string | null | undefined;
  readonly propertyRelease?: string | null | undefined;
  readonly validUntil: Date | null;
}

/** What somebody wants to do with the people in a picture. */
export interface AskedUse {
  readonly useCase: string;
  readonly channel: string;
  readonly territory: string;
  readonly kindsOfChange: readonly string[];
  /** Who outside the installation gets the picture for it; null: nobody. */
  readonly provider: string | null;
  /** Whether models are, or may be, trained on it. */
  readonly training: boolean;
}

export interface MatchQuestion extends PictureIdentity, AskedUse {
  readonly faces: readonly FaceBox[];
  /** The pictures it was made from, nearest first: a face may be known from one of them. */
  readonly ancestors?: readonly PictureIdentity[];
  /** The picture and its ancestors as versions, where they are stored: what people attested of a face they said of one of these. */
  readonly versions?: readonly VersionId[];
  readonly now: Date;
}

export type ConsentOutcome = 'matched' | 'attested' | 'missing' | 'scope-missing' | 'expired' | 'withdrawn';
export type BindingStrength = 'file' | 'pixels' | 'fingerprint';

/** What the registry knows of one face. */
export interface FaceConsent {
  /** Index in the question's `faces`. */
  readonly face: number;
  readonly outcome: ConsentOutcome;
  readonly consent: ConsentId | null;
  readonly subject: SubjectId | null;
  /** What recognised the picture, or the ancestor. */
  readonly by: BindingStrength | null;
  /** Why the face needs none; null unless `attested`. */
  readonly attestation: AttestationId | null;
  /** What the scope lacks, as `kind:face`; empty unless `scope-missing`. */
  readonly missing: readonly string[];
  /** How near the registry comes to a face that it does not know; null unless `missing`. */
  readonly nearest: NearestRecord | null;
}

/** Of a face without a record, without anything of a person: why no record speaks of it. */
export interface NearestRecord {
  /** other-face: the picture is known, and its records speak of other faces. near: a record's picture is alike, and not enough. far: none is. none: no record could be compared. */
  readonly found: 'other-face' | 'near' | 'far' | 'none';
  /** Bits of 256 in which the nearest fingerprint of the registry differs; null: none could be compared. */
  readonly distance: number | null;
  readonly says: string;
}

/** Where a page begins and how long it is. */
export interface Slice {
  readonly first: number;
  /** Id of the last consent of the page before; null: from the start. */
  readonly after: string | null;
}
