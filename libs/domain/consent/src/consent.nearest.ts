import { FINGERPRINT_DISTANCE_MAX } from './consent.rules.js';
import type { NearestRecord } from './consent.types.js';

/** Seen between different pictures: 92 bits and more. Below this, one is likely made from the other. */
const NEAR_MAX = 80;

/** How the registry knows the picture of a face that no record speaks of. */
export interface Acquaintance {
  /** Itself, or what it was made from, has records of faces in other places. */
  readonly knows: 'itself' | 'ancestor' | null;
  /** Bits of 256 to the nearest fingerprint of any record; null: there is none to compare with. */
  readonly distance: number | null;
}

/** Says why no record speaks of a face, so that whoever cropped a consented photo learns that, and nothing about anybody in the registry. */
export function nearestRecord({ knows, distance }: Acquaintance): NearestRecord {
  if (knows === 'itself') return { found: 'other-face', distance, says: 'Records of this picture speak of faces in other places.' };
  if (knows === 'ancestor') {
    const says = 'Records of what this picture was made from speak of faces in other places: a crop or a turn moves a face.';
    return { found: 'other-face', distance, says };
  }
  if (distance === null) return { found: 'none', distance, says: 'The registry has no picture to compare this one with.' };
  if (distance <= NEAR_MAX) {
    const says =
      `The nearest picture with a record differs in ${distance} of 256 bits, a copy in at most ${FINGERPRINT_DISTANCE_MAX}: ` +
      'a crop or a strong edit of a known picture counts as another one.';
    return { found: 'near', distance, says };
  }
  const says = `No picture with a record is like this one: the nearest differs in ${distance} of 256 bits. A narrow crop looks like that, too.`;
  return { found: 'far', distance, says };
}
