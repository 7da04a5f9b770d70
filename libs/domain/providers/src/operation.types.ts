import type { KindOfChange } from './kind-of-change.js';

/** A rectangle in thousandths of the picture's width and height, orientation applied. */
export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Where inside what may change: null is all of it, which is the mask where there is one and the picture where there is none. */
export type Area = Box | null;

export type Position = 'top-left' | 'top' | 'top-right' | 'left' | 'centre' | 'right' | 'bottom-left' | 'bottom' | 'bottom-right';

export type CropTo =
  | { readonly kind: 'box'; readonly box: Box }
  | { readonly kind: 'pixels'; readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  /** The largest piece of these proportions around the middle. */
  | { readonly kind: 'aspect'; readonly width: number; readonly height: number }
  /** A piece of this size around the middle. */
  | { readonly kind: 'size'; readonly width: number; readonly height: number }
  /** The rectangle around the mask. */
  | { readonly kind: 'mask' };

export type ResizeTo =
  | { readonly kind: 'scale'; readonly percent: number }
  /** Inside this size, in proportion; `stretch` fills it. Null: follows from the other side. */
  | { readonly kind: 'size'; readonly width: number | null; readonly height: number | null; readonly stretch: boolean };

/** One step of an edit, completely determined: the same step on the same pixels gives the same pixels. Whole numbers only; plain JSON. */
export type Operation =
  /** -100 to 100. */
  | { readonly operation: 'brightness' | 'contrast' | 'saturation' | 'temperature'; readonly amountPercent: number; readonly area: Area }
  /** -180 to 180 around the colour circle. */
  | { readonly operation: 'hue'; readonly degrees: number; readonly area: Area }
  | { readonly operation: 'black-and-white'; readonly area: Area }
  /** `#rrggbb`; `target` in the words of the prompt. Needs a mask. */
  | { readonly operation: 'recolour'; readonly colour: string; readonly target: string | null; readonly area: Area }
  /** 1 to 100; a radius in pixels, when one was named, wins. */
  | { readonly operation: 'blur'; readonly amountPercent: number; readonly radiusPixels: number | null; readonly area: Area }
  | { readonly operation: 'sharpen'; readonly amountPercent: number; readonly area: Area }
  /** Clockwise, hundredths of a degree, -18000 to 18000. */
  | { readonly operation: 'rotate'; readonly centidegrees: number }
  | { readonly operation: 'flip'; readonly axis: 'horizontal' | 'vertical' }
  | { readonly operation: 'crop'; readonly to: CropTo }
  | { readonly operation: 'resize'; readonly to: ResizeTo }
  /** `#rrggbb` behind what is transparent. */
  | { readonly operation: 'flatten'; readonly background: string }
  /** Height of a capital letter's line in thousandths of the picture's height; colour null: black or white, whichever is easier to read. */
  | {
      readonly operation: 'text';
      readonly text: string;
      readonly position: Position;
      readonly colour: string | null;
      readonly sizePermille: number;
    }
  /** Needs a mask. */
  | { readonly operation: 'erase'; readonly target: string | null; readonly area: Area };

export type OperationName = Operation['operation'];

/** What an operation is, for policy and for the manifest. */
export interface OperationTraits {
  readonly kind: KindOfChange;
  /** C2PA 2.4 action. */
  readonly action: string;
  /** IPTC term. `algorithmicallyEnhanced` only where the main content stays as it was. */
  readonly digitalSourceType: 'humanEdits' | 'algorithmicallyEnhanced';
  /** Works on the pixels under a mask; the others move or resize the whole picture. */
  readonly maskable: boolean;
}
