import type { Box, Position } from '../operation.types.js';
import type { Words } from './words.js';

const box = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height });

interface Place {
  readonly position: Position;
  /** A corner or an edge by name means this much of the picture. */
  readonly box: Box;
}

const PLACES: Readonly<Record<string, Place>> = {
  'top left': { position: 'top-left', box: box(0, 0, 333, 333) },
  'top right': { position: 'top-right', box: box(667, 0, 333, 333) },
  'bottom left': { position: 'bottom-left', box: box(0, 667, 333, 333) },
  'bottom right': { position: 'bottom-right', box: box(667, 667, 333, 333) },
  top: { position: 'top', box: box(0, 0, 1000, 333) },
  bottom: { position: 'bottom', box: box(0, 667, 1000, 333) },
  left: { position: 'left', box: box(0, 0, 333, 1000) },
  right: { position: 'right', box: box(667, 0, 333, 1000) },
  centre: { position: 'centre', box: box(250, 250, 500, 500) },
};

const SHARES: Readonly<Record<string, number>> = {
  half: 500,
  side: 500,
  third: 333,
  quarter: 250,
  edge: 100,
  strip: 100,
  part: 333,
  area: 333,
  portion: 333,
  corner: 333,
};

const CORNER =
  /(?:(?:in|at|on|to|of|into|inside|near)\s+)?(?:the\s+)?\b(upper|top|lower|bottom)(?:[- ]|\s+(?:and\s+)?)?(left|right)(?:[- ]?hand)?(?:\s+(corner|quarter|quadrant|part|area|side))?\b/;
const EDGE_SHARE =
  /(?:(?:in|at|on|to|of|into)\s+)?(?:the\s+)?(?:whole\s+|entire\s+)?\b(upper|top|lower|bottom|left|right)(?:most)?(?:[- ]?hand)?\s+(half|side|third|quarter|edge|strip|part|area|portion|corner)\b/;
const EDGE = /\b(?:in|at|on|to|near|along|across|over|towards?)\s+(?:the\s+)?(?:very\s+|far\s+)?(top|bottom|left|right)\b/;
const CENTRE = /(?:(?:in|at|on|to|into|of)\s+)?(?:the\s+)?\b(?:dead\s+)?(?:centre|middle)(?:\s+(?:part|area|portion))?\b/;
const OF_THE_PICTURE = /^\s*of\s+(?:the|this|my)?\s*(?:picture|frame|scene)\b/;

const edge = (word: string): string => ({ upper: 'top', lower: 'bottom' })[word] ?? word;

/** Takes a named part of the picture: 'the top left corner', 'the left half', 'in the middle'. */
export function takePlace(words: Words): Place | null {
  const corner = words.take(CORNER);
  if (corner) {
    words.take(OF_THE_PICTURE);
    const place = PLACES[`${edge(corner[1] ?? '')} ${corner[2] ?? ''}`] ?? null;
    return place && /quarter|quadrant/.test(corner[3] ?? '') ? { ...place, box: halved(place.position) } : place;
  }
  const share = words.take(EDGE_SHARE);
  if (share) {
    const place = PLACES[edge(share[1] ?? '')];
    return place ? { ...place, box: edgeBox(place.position, SHARES[share[2] ?? ''] ?? 333) } : null;
  }
  const plain = words.take(EDGE);
  if (plain) return PLACES[plain[1] ?? ''] ?? null;
  return words.take(CENTRE) ? (PLACES.centre ?? null) : null;
}

/** The strip of this share along an edge of the picture. */
export function edgeBox(position: Position, permille: number): Box {
  switch (position) {
    case 'top':
      return box(0, 0, 1000, permille);
    case 'bottom':
      return box(0, 1000 - permille, 1000, permille);
    case 'left':
      return box(0, 0, permille, 1000);
    default:
      return box(1000 - permille, 0, permille, 1000);
  }
}

function halved(position: Position): Box {
  return box(position.endsWith('left') ? 0 : 500, position.startsWith('top') ? 0 : 500, 500, 500);
}
