import { CONTENT_RULES } from './content.rules.js';
import { CROP_RULES } from './crop.rules.js';
import { DECLINED_FIRST, DECLINED_LAST } from './declined.rules.js';
import { FOCUS_RULES } from './focus.rules.js';
import { GEOMETRY_RULES } from './geometry.rules.js';
import type { IntentRule } from './rule.js';
import { TEXT_RULES } from './text.rules.js';
import { TONE_RULES } from './tone.rules.js';

/**
 * The grammar: the first rule that matches a clause and answers wins. Text comes first, since it may contain anything; what would
 * be misread by a wider rule comes before it.
 */
export const RULES: readonly IntentRule[] = [
  TEXT_RULES.label,
  ...DECLINED_FIRST,
  TEXT_RULES.unquoted,
  CONTENT_RULES.flatten,
  CONTENT_RULES.cutOut,
  TONE_RULES.monochrome,
  TONE_RULES.desaturate,
  TONE_RULES.hue,
  CROP_RULES.crop,
  GEOMETRY_RULES.rotate,
  GEOMETRY_RULES.flip,
  FOCUS_RULES.unsharp,
  FOCUS_RULES.sharpen,
  FOCUS_RULES.blur,
  FOCUS_RULES.pixelate,
  TONE_RULES.ranges,
  TONE_RULES.complaint,
  CONTENT_RULES.recolour,
  CONTENT_RULES.erase,
  TONE_RULES.direction,
  TONE_RULES.noun,
  GEOMETRY_RULES.resize,
  TONE_RULES.mood,
  ...DECLINED_LAST,
];
