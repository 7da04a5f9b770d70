/** What is decoded here. HEIC is recognised and refused: the decoder ships without HEVC, which is encumbered by patents. */
export const PICTURE_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** What an upload may cost. */
export interface PictureLimits {
  readonly bytesMax: number;
  /** Width times height, of the header, checked before anything is decoded. */
  readonly pixelsMax: number;
  /** For decoding one picture; a slower one is refused as unreadable. */
  readonly decodeTimeoutSeconds: number;
}

/** Rights and origin as written into the file by whoever made it: claims, not findings. XMP wins over IPTC-IIM, that over EXIF. */
export type PictureRights = {
  readonly creator: string | null;
  readonly credit: string | null;
  readonly copyright: string | null;
  readonly usageTerms: string | null;
  /** IPTC NewsCodes URI or term. */
  readonly digitalSourceType: string | null;
  readonly description: string | null;
  /** PLUS data mining vocabulary: `.../DMI-PROHIBITED-AIMLTRAINING` and the like. */
  readonly dataMining: string | null;
};

/** What was read from a picture that decodes completely. Plain JSON. */
export type PictureFacts = {
  readonly format: PictureFormat;
  /** Pixels, orientation applied. */
  readonly width: number;
  readonly height: number;
  /** EXIF 1 to 8; 1 when the file says nothing. */
  readonly orientation: number;
  readonly hasAlpha: boolean;
  /** Bits per channel. */
  readonly bitDepth: number;
  /** Name of the embedded ICC profile; null: none, read as sRGB. */
  readonly colourProfile: string | null;
  readonly sizeBytes: number;
  readonly rights: PictureRights;
};

/** Decoded pixels: rows from the top, 8 bits a channel, sRGB, orientation applied, alpha not premultiplied. */
export interface Raster {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** The part of a picture that may change. Coordinates in thousandths of width and height, orientation applied. */
export type PictureMask =
  | { readonly kind: 'box'; readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  | { readonly kind: 'polygon'; readonly points: readonly { readonly x: number; readonly y: number }[] }
  /** What is joined to the point by colours that differ by at most `tolerance` (0 to 255) in each channel. */
  | { readonly kind: 'point'; readonly x: number; readonly y: number; readonly tolerance: number }
  /** Opaque may change; without transparency, white may. Grey values are shares. */
  | { readonly kind: 'png'; readonly bytes: Uint8Array };

export interface RenderedPicture {
  readonly bytes: Uint8Array;
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
}

/** What is written into a derivative as XMP, and as EXIF where the format has it. */
export interface DerivativeRights {
  /** Term of the IPTC vocabulary: `compositeWithTrainedAlgorithmicMedia`, `humanEdits`. */
  readonly digitalSourceType?: string;
  readonly credit?: string;
  readonly creator?: string;
  readonly copyright?: string;
  readonly usageTerms?: string;
  readonly description?: string;
  /** The AI system that made or changed it (IPTC 2025.1); leave out when none did. */
  readonly aiSystem?: { readonly name: string; readonly version?: string };
}

/** Text drawn into the picture, at the bottom left, white on dark. */
export interface PictureLabel {
  /** ` / ` is where it may be broken into lines. */
  readonly text: string;
  /** Of its capitals, at least, in thousandths of the picture's shorter side. */
  readonly heightPermille: number;
}

export interface DerivativeRecipe {
  readonly format: PictureFormat;
  /** 1 to 100 for JPEG, WebP and AVIF; PNG and TIFF are lossless. */
  readonly quality?: number;
  /** The picture is scaled down to fit, never up. */
  readonly maxWidth?: number;
  readonly maxHeight?: number;
  /** `srgb` (default): converted and tagged as sRGB. `keep`: the picture's own profile is kept. */
  readonly colour?: 'srgb' | 'keep';
  /** Behind transparency where the format has none; white by default. `#rrggbb`. */
  readonly background?: string;
  readonly label?: PictureLabel;
  readonly rights: DerivativeRights;
}

/** SHA-256 of a Raster's `data`: width x height x channels bytes. */
export interface PixelDigest {
  /** `sharp/0.35.5 libvips/8.18.7`: another decoder may round differently. */
  readonly decoder: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** What changed where nothing may change. All zero when the mask covers everything. */
export interface OutsideChange {
  /** Pixels that changed visibly, of the pixels outside; rounded up, so that 0 means none. */
  readonly changedPermille: number;
  /** Mean difference of all channels outside, 1000 = black to white. */
  readonly meanDifferencePerMille: number;
  /** Largest difference of one channel, 0 to 255. */
  readonly maxDifference: number;
  /** Whether `after` had another size and was scaled to that of `before` first. */
  readonly resized: boolean;
}

/** A rectangle in thousandths of the picture's width and height, orientation applied. */
export interface RootRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What became of a picture since its root, the upload that it comes from. */
export interface RootChange {
  /** Of the picture's pixels, those that the root's are not, turned, cropped, lightened or coloured as a whole; rounded up, so that 0 means none. */
  readonly changedPermille: number;
  /** For each region of the root where it lies in the picture, and how much changed in it; null: it was cut away. */
  readonly regions: readonly ((RootRegion & { readonly changedPermille: number }) | null)[];
  /** How well the picture agrees with the place in the root that it was compared with; low where it agrees nowhere. */
  readonly likenessPermille: number;
}
