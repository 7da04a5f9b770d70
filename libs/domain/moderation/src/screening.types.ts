import type { VersionId } from '@imprimatur/kernel';
import type { EngineVerdict } from './cloud/moderator.types.js';

/** A face in thousandths of the picture's width and height, orientation applied. Transient geometry, no biometric template. */
export interface Face {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** 0 to 1000. */
  readonly score: number;
}

/** Where a line of text stands, in thousandths of the picture's width and height. */
export interface TextPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** How sure the reader is of its words, 0 to 1000. */
  readonly score: number;
}

/** What the engines saw in one picture. Plain JSON but for the digest. */
export interface PictureScreening {
  /** Left to right. None found is not the same as nobody in the picture. */
  readonly faces: readonly Face[];
  /** Scores 0 to 1000 of taxonomy classes. */
  readonly scores: { readonly sexual_explicit: number; readonly sexual_suggestive: number };
  /** The classifier's own classes, per million. */
  readonly raw: Readonly<Record<string, number>>;
  /** 256-bit perceptual hash, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** SHA-256 of the decoded pixels, 32 bytes: sRGB, 8 bits, orientation applied. */
  readonly pixelSha256: Uint8Array;
  /** Names and versions of the engines and of the decoder. */
  readonly engines: Readonly<Record<string, string>>;
  /** Lines of text, in the order of reading; left out where nobody read it. None read is not the same as none there. */
  readonly text?: readonly TextPlace[];
  /** What stands in each line of `text`. Somebody's words: kept sealed, and so not among what is read back (`ScreeningService.words`). */
  readonly words?: readonly string[];
  /** What the cloud moderators said that were configured and answered; left out where none was. */
  readonly moderators?: readonly EngineVerdict[];
}

export type ScreeningState = 'pending' | 'done' | 'failed';

/** The screening of one version by the current engines. */
export interface Screening {
  readonly version: VersionId;
  readonly state: ScreeningState;
  /** Set when done. */
  readonly result: PictureScreening | null;
  /** Code of what went wrong; set when failed. */
  readonly failure: string | null;
}
