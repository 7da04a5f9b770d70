import type { ResizeTo } from '../../operation.types.js';
import { takeAmount } from '../amounts.js';
import type { ClauseReading } from '../intent.types.js';
import type { Words } from '../words.js';
import { ask, type ClauseContext, type IntentRule, overPicture } from './rule.js';

const SIDE_MAX_PX = 16_384;
const SCALE_MAX_PERCENT = 400;

/** Positive is clockwise. */
function takeRotation(words: Words): number | null {
  if (words.take(/\b(?:half a turn|(?:a )?half[- ]turn|upside-down|on its head)\b/)) return 180;
  const quarter = words.take(/\b(?:(?:a |one )?quarter[- ]turn)\b/) ? 90 : null;
  const number = words.take(/(?:\b(?:by|to)\s+)?([+-]?\d{1,4}(?:\.\d{1,2})?)(?: degrees)?(?:\s+(?:in|to))?/);
  const way = words.take(/(?:(?:to|towards)\s+)?(?:the\s+)?\b(counterclockwise|clockwise|left|right)\b/)?.[1];
  const degrees = number ? Number(number[1]) : (quarter ?? (way === undefined ? null : 90));
  if (degrees === null) return null;
  return way === 'counterclockwise' || way === 'left' ? -degrees : degrees;
}

/** -18000 to 18000 hundredths of a degree. */
function toCentidegrees(degrees: number): number {
  const turned = Math.round((((degrees % 360) + 360) % 360) * 100);
  return turned > 18_000 ? turned - 36_000 : turned;
}

const rotate: IntentRule = {
  name: 'rotate',
  when: /\b(?:rotate|rotation|spin|tilt|straighten|level)\b|\bturn(?=.*(?:\bdegrees\b|clockwise|\bleft\b|\bright\b|\bupside-down\b|\bturn\b))|\b(?:quarter|half)[- ]turn\b/,
  read(words, match, context) {
    if (/turn$/.test(match[0]) && match[0] !== 'turn') words.take(/^\s*(?:a|one|give it|make)\b/);
    const quarterTurn = /quarter/.test(match[0]) ? 90 : /half/.test(match[0]) ? 180 : null;
    const found = takeRotation(words);
    const degrees = quarterTurn === null ? found : found === null ? quarterTurn : Math.sign(found) * quarterTurn;
    words.take(/^\s*(?:straighten|turn|apply|give|do)\b/);
    words.take(/\b(?:horizon|orientation|rotation)\b/);
    const centidegrees = degrees === null ? 0 : toCentidegrees(degrees);
    if (centidegrees === 0) {
      return ask({
        code: 'HOW_MUCH',
        text: 'By how many degrees, and which way?',
        candidates: ['rotate 90 degrees clockwise', 'rotate 90 degrees counterclockwise', 'rotate 180 degrees'],
        completion: 'rotate by {answer}',
      });
    }
    return overPicture(words, context, { doing: 'rotate', build: () => ({ operation: 'rotate', centidegrees }) });
  },
};

const flip: IntentRule = {
  name: 'flip',
  when: /\b(flip(?:ped)?|mirror(?:ed)?|reverse)\b/,
  read(words, match, context) {
    const vertical = words.take(
      /\b(?:vertical(?:ly)?|upside-down|top to bottom|top-to-bottom|top and bottom|(?:along|on|around|over|about) (?:the |its )?(?:x|horizontal) axis)\b/,
    );
    const horizontal = words.take(
      /\b(?:horizontal(?:ly)?|left to right|left-to-right|left and right|right to left|sideways|(?:along|on|around|over|about) (?:the |its )?(?:y|vertical) axis)\b/,
    );
    // a mirror on the wall shows left as right; a flip may be either
    if (!vertical && !horizontal && !/^mirror/.test(match[1] ?? '')) {
      return ask({
        code: 'WHICH_WAY',
        text: 'Left to right, or top to bottom?',
        candidates: ['flip the picture horizontally', 'flip the picture vertically'],
        completion: 'flip the picture {answer}',
      });
    }
    words.take(/\b(?:axis|direction)\b/);
    return overPicture(words, context, { doing: 'flip', build: () => ({ operation: 'flip', axis: vertical ? 'vertical' : 'horizontal' }) });
  },
};

const clampSide = (text: string | undefined): number => Math.max(1, Math.min(SIDE_MAX_PX, Number(text)));

function takeSize(words: Words): ResizeTo | null {
  const both = words.take(/(?:\b(?:to|exactly|at)\s+)*(\d{1,5})(?: px)?(?:x| by | wide (?:and|by) )(\d{1,5})(?: px)?(?:\s+(?:tall|high))?/);
  const stretch =
    words.take(
      /\b(?:stretch(?:ed|ing)?|exactly|ignoring (?:the )?(?:proportions|aspect ratio)|(?:do )?not keep(?:ing)? (?:the )?(?:proportions|aspect ratio))\b/,
    ) !== null;
  if (both) return { kind: 'size', width: clampSide(both[1]), height: clampSide(both[2]), stretch };
  const side = words.take(
    /\b(?:(width|height)\s+(?:of\s+|to\s+|is\s+)?)?(?:to\s+|be\s+|at most\s+|max(?:imum)?\s+)*(\d{2,5})(?: px)(?:\s+(?:in\s+)?(wide|width|tall|high|height|across))?|\b(width|height)\s+(?:of\s+|to\s+)?(\d{2,5})\b|\b(?:to\s+)?(\d{2,5})\s+(wide|tall|high)\b/,
  );
  if (side) {
    const px = clampSide(side[2] ?? side[5] ?? side[6]);
    const isHeight = /tall|high|height/.test(side[1] ?? side[3] ?? side[4] ?? side[7] ?? '');
    return { kind: 'size', width: isHeight ? null : px, height: isHeight ? px : null, stretch: false };
  }
  return null;
}

/** 'to 50%' is half the size, 'by 50%' half smaller or half larger, as the verb says. */
function takeScale(words: Words, verb: string): ResizeTo | null {
  const scale = (percent: number): ResizeTo => ({ kind: 'scale', percent: Math.max(1, Math.min(SCALE_MAX_PERCENT, Math.round(percent))) });
  if (
    words.take(/(?<!\bby )\b(?:to )?(?:half|0?\.5x?)(?: (?:of )?(?:its|the|the original|its original))?(?: size)?(?: as (?:big|large))?\b/)
  )
    return scale(50);
  if (words.take(/(?<!\bby )(?<!\bby a )\b(?:to )?(?:a |one )?third(?: (?:of )?(?:its|the)(?: original)?)?(?: size)?\b/)) return scale(33);
  if (words.take(/(?<!\bby )(?<!\bby a )\b(?:to )?(?:a |one )?quarter(?: (?:of )?(?:its|the)(?: original)?)?(?: size)?\b/))
    return scale(25);
  if (words.take(/\b(?:to )?(?:double|twice|2x)(?: (?:its|the)(?: original)?)?(?: size)?(?: as (?:big|large))?\b/)) return scale(200);
  const times = words.take(/\b(?:by )?(\d(?:\.\d{1,2})?)(?:x\b| times)/);
  if (times) return scale(Number(times[1]) * 100);
  const shrinks = /shrink|small|down|reduce/.test(verb);
  const grows = /enlarge|big|large|up|grow/.test(verb);
  const amount = takeAmount(words);
  if (amount === null) return null;
  if ('to' in amount) return scale(amount.to);
  if (shrinks) return scale(100 - Math.abs(amount.by));
  return scale(grows ? 100 + amount.by : amount.by);
}

const resize: IntentRule = {
  name: 'resize',
  when: /\b(resize|rescale|resample|scale(?: (?:it |the picture )?(?:down|up))?|downscale|downsize|upscale|upsize|upsample|shrink|enlarge|smaller|bigger|larger|(?:reduce|change|increase|set|double|halve)(?= (?:the |its )?(?:picture )?(?:size|dimensions|resolution|width|height)\b)|stretch)\b|\bmake(?=.*\b\d{2,5} px (?:wide|tall|high)\b)|\b(half|double|twice) (?:(?:the|its) (?:original )?size|as (?:big|large|small))\b/,
  read(words, match, context) {
    const verb = match[0];
    if (match[2] !== undefined)
      return resized(words, context, { kind: 'scale', percent: match[2] === 'half' || verb.endsWith('small') ? 50 : 200 });
    words.take(/^\s*(?:make|get)\b/);
    words.take(
      /\b(?:size|dimensions|resolution|longest side|longer side|(?:with )?(?:the )?same aspect ratio|(?:keeping|keep) (?:the )?(?:proportions|aspect ratio)|proportionally)\b/,
    );
    const stretchVerb = /stretch/.test(verb);
    const size = takeSize(words);
    const to =
      size?.kind === 'size' && stretchVerb
        ? { ...size, stretch: true }
        : (size ?? takeScale(words, `${verb} ${words.has(/\bdown\b/) ? 'down' : ''}`));
    words.take(/\b(?:down|up|size|wide|in width|in height)\b/);
    if (to === null && /^(?:double|halve)/.test(verb))
      return resized(words, context, { kind: 'scale', percent: verb === 'halve' ? 50 : 200 });
    if (to === null) {
      return ask({
        code: 'HOW_MUCH',
        text: 'To which size: a percentage, or pixels?',
        candidates: ['resize to 50%', 'resize to 1200 px wide', 'resize to 200%'],
        completion: 'resize to {answer}',
      });
    }
    return resized(words, context, to);
  },
};

function resized(words: Words, context: ClauseContext, to: ResizeTo): ClauseReading {
  words.take(/^\s*(?:make|get)\b/);
  return overPicture(words, context, { doing: 'resize', build: () => ({ operation: 'resize', to }) });
}

export const GEOMETRY_RULES = { rotate, flip, resize };
