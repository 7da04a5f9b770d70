import type { Box, CropTo, Position } from '../../operation.types.js';
import { edgeBox, takePlace } from '../areas.js';
import type { ClauseReading } from '../intent.types.js';
import { takesMarked, targetOf } from '../targets.js';
import type { Words } from '../words.js';
import { ask, type ClauseContext, done, type IntentRule, overPicture, SURE } from './rule.js';

/** Numbers up to this in `16 by 9` are proportions, larger ones pixels. */
const PROPORTION_MAX = 32;
const SHAPES: readonly (readonly [RegExp, number, number])[] = [
  [/\b(?:into |to )?(?:a )?square(?: format| shape| picture)?\b/, 1, 1],
  [/\bwide ?screen\b/, 16, 9],
];
const FORMS = /\b(?:aspect(?: ratio)?|ratio|format|proportions?|instagram|landscape|portrait)\b/;

function takeShape(words: Words): CropTo | null {
  const shape = SHAPES.find(([pattern]) => words.take(pattern));
  if (shape) return { kind: 'aspect', width: shape[1], height: shape[2] };
  const pair = words.take(
    /(?:\b(?:to|at|into)\s+)?(?:a |an )?(\d{1,5})(?: px)?(?:\s*[:x/]\s*| by | to )(\d{1,5})(?: px)?(?:\s+(?:aspect|ratio|crop))*/,
  );
  if (!pair) return null;
  words.take(FORMS);
  words.take(FORMS);
  const [width, height] = [Number(pair[1]), Number(pair[2])];
  if (width === 0 || height === 0) return null;
  return { kind: width <= PROPORTION_MAX && height <= PROPORTION_MAX && !pair[0].includes('px') ? 'aspect' : 'size', width, height };
}

/** Four numbers: left, top, width, height, in pixels or percent; or two corners. */
function takeRectangle(words: Words): CropTo | null {
  const corners = words.take(/\bfrom\s*\(?(\d{1,5})\s*,\s*(\d{1,5})\)?\s*to\s*\(?(\d{1,5})\s*,\s*(\d{1,5})\)?/);
  if (corners) {
    const [left = 0, top = 0, right = 0, bottom = 0] = corners.slice(1).map(Number);
    return right > left && bottom > top ? { kind: 'pixels', left, top, width: right - left, height: bottom - top } : null;
  }
  const named = words.take(
    /\b(?:x|left)\s*[=:]?\s*(\d{1,5}),?\s*(?:y|top)\s*[=:]?\s*(\d{1,5}),?\s*(?:w|width)\s*[=:]?\s*(\d{1,5}),?\s*(?:h|height)\s*[=:]?\s*(\d{1,5})/,
  );
  const plain =
    named ??
    words.take(
      /(?:\bto\s+)?(?:the\s+)?(?:box\s+|rectangle\s+|region\s+)?[([]?(\d{1,5})(?:%| px)?\s*,\s*(\d{1,5})(?:%| px)?\s*,\s*(\d{1,5})(?:%| px)?\s*,\s*(\d{1,5})(%| px)?[)\]]?/,
    );
  if (!plain) return null;
  const [left = 0, top = 0, width = 0, height = 0] = plain.slice(1, 5).map(Number);
  if (width === 0 || height === 0) return null;
  if (plain[5] !== '%') return { kind: 'pixels', left, top, width, height };
  if (left + width > 100 || top + height > 100) return null;
  return { kind: 'box', box: { left: left * 10, top: top * 10, width: width * 10, height: height * 10 } };
}

/** 'cut 10% off the top', 'trim 5% from each side'. */
function takeMargin(words: Words): Box | null {
  const margin = words.take(
    /\b(\d{1,2})%\s*(?:off|from|of|at|on)?\s*(?:of\s+)?(?:the\s+|its\s+)?(top|bottom|left|right|each side|all sides|every side|(?:all |the )?edges?|both sides|sides)\b(?:\s*(?:side|edge|hand side))?/,
  );
  const reversed = margin
    ? null
    : words.take(
        /\b(?:off|from)?\s*(?:the\s+)?(top|bottom|left|right|edges|all sides|each side|every side|sides)(?:\s+(?:side|edge))?\s+(?:by\s+)?(\d{1,2})%/,
      );
  const side = margin?.[2] ?? reversed?.[1];
  const permille = Number(margin?.[1] ?? reversed?.[2]) * 10;
  if (side === undefined || permille <= 0) return null;
  if (/^(?:top|bottom|left|right)$/.test(side))
    return permille < 1000 ? without(edgeBox(side as Position, permille), side as Position) : null;
  if (permille >= 500) return null;
  const across = /^(?:both sides|sides)$/.test(side);
  return { left: permille, top: across ? 0 : permille, width: 1000 - 2 * permille, height: across ? 1000 : 1000 - 2 * permille };
}

/** The picture without this strip along an edge. */
function without(strip: Box, position: Position): Box {
  const whole = { left: 0, top: 0, width: 1000, height: 1000 };
  if (position === 'top') return { ...whole, top: strip.height, height: 1000 - strip.height };
  if (position === 'bottom') return { ...whole, height: 1000 - strip.height };
  return position === 'left' ? { ...whole, left: strip.width, width: 1000 - strip.width } : { ...whole, width: 1000 - strip.width };
}

function takeKeep(words: Words): CropTo | null {
  const share = words.take(
    /\b(?:to\s+)?(?:the\s+)?(?:(?:centre|middle|inner)\s+)?(\d{1,2})%(?:\s+(?:of\s+(?:the|its)\s+(?:picture|size)|(?:in|around|at) the (?:centre|middle)))?/,
  );
  if (share) {
    const keep = Number(share[1]) * 10;
    words.take(/\b(?:centre|middle)\b/);
    return keep > 0 ? { kind: 'box', box: { left: (1000 - keep) / 2, top: (1000 - keep) / 2, width: keep, height: keep } } : null;
  }
  if (!words.has(/\b(?:to|keep(?:ing)?|only|down to|into)\b/)) return null;
  const place = takePlace(words);
  return place ? { kind: 'box', box: place.box } : null;
}

function cropped(words: Words, context: ClauseContext, to: CropTo): ClauseReading {
  words.take(/\b(?:crop|cut|trim|keep(?:ing)?|only|down|off|away|picture|so that|it is|tight(?:ly)?|around|landscape|portrait)\b/);
  words.take(/\b(?:around|down|only|into)\b/);
  return overPicture(words, context, { doing: 'crop', build: () => ({ operation: 'crop', to }) });
}

const crop: IntentRule = {
  name: 'crop',
  when: /\b(?:crop(?:ped)?|trim|square (?:crop|format|version))\b|\b(?:cut|chop|shave|take|remove|slice)(?=.*\b\d{1,2}%.*\b(?:off|from|top|bottom|left|right|edges?|sides?)\b|.*\b(?:top|bottom|left|right|edges?|sides?)\b.*\b\d{1,2}%)|\bmake(?=\s+(?:it|the picture|this)\s+(?:a\s+)?(?:square|\d{1,2}:\d{1,2}))/,
  read(words, match, context) {
    if (/^square/.test(match[0])) return cropped(words, context, { kind: 'aspect', width: 1, height: 1 });
    const margin = takeMargin(words);
    if (margin) return cropped(words, context, { kind: 'box', box: margin });
    if (!/^(?:crop|trim|make)/.test(match[0])) return null;
    const to = takeRectangle(words) ?? takeShape(words);
    if (to) return cropped(words, context, to);
    if (takesMarked(words, context.scene)) return cropToMask(words);
    return cropToPlace(words, context);
  },
};

function cropToMask(words: Words): ClauseReading {
  words.take(/\b(?:around|to|keep|only|down)\b/);
  const target = targetOf(words);
  return target.kind === 'not-understood' ? askWhat() : done([{ operation: 'crop', to: { kind: 'mask' } }], SURE);
}

/** A part of the picture can be kept or cut away: `to` says kept, without it the words say both. */
function cropToPlace(words: Words, context: ClauseContext): ClauseReading {
  const to = takeKeep(words);
  if (to) return cropped(words, context, to);
  const place = takePlace(words);
  const target = targetOf(words);
  if (place && target.kind === 'everything') {
    const name = place.position.replace('-', ' ');
    const part = name.includes(' ') ? `${name} corner` : name === 'centre' ? 'centre' : `${name} half`;
    const cut = /^(?:top|bottom|left|right)$/.test(name) ? [`cut 33% off the ${name}`] : [];
    return ask({ code: 'WHICH_MEANING', text: `Keep only the ${name}, or cut it away?`, candidates: [`crop to the ${part}`, ...cut] });
  }
  if (target.kind === 'object' && context.scene.hasMask && !words.has(/\bout\b/))
    return done([{ operation: 'crop', to: { kind: 'mask' } }], SURE - 50);
  return askWhat(target.kind === 'object' ? target.name : undefined);
}

function askWhat(name?: string): ClauseReading {
  const candidates = ['crop to a square', 'crop to 16:9', 'crop to the centre 80%', 'cut 10% off each side'];
  const marked = name === undefined ? '' : ` I cannot find "${name}" by its name; a mask or a box around it would show me.`;
  return ask({ code: 'WHICH_MEANING', text: `What should the crop keep?${marked}`, candidates, completion: 'crop to {answer}' });
}

export const CROP_RULES = { crop };
