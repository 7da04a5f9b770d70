/** Thousandths of the picture's width and height. */
export interface FaceBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * How many more faces there are after than before. Counted, not matched by place: a crop, a flip or a turn moves every face, and a face
 * that replaced another is a change under consent, not a new one.
 */
export function newFaces(before: readonly FaceBox[], after: readonly FaceBox[]): number {
  return Math.max(0, after.length - before.length);
}
