import type { Area, Operation } from '../../operation.types.js';
import { signedPercent, takeAmount } from '../amounts.js';
import type { ClauseReading } from '../intent.types.js';
import type { Words } from '../words.js';
import { ask, type ClauseContext, decline, type IntentRule, overPixels, UNSURE } from './rule.js';

type Adjustable = 'brightness' | 'contrast' | 'saturation' | 'temperature';

const NOUNS: Readonly<Record<string, Adjustable>> = {
  brightness: 'brightness', exposure: 'brightness', lightness: 'brightness', lighting: 'brightness', light: 'brightness', luminosity: 'brightness', contrast: 'contrast',
  saturation: 'saturation', vibrance: 'saturation', vibrancy: 'saturation', vividness: 'saturation', colours: 'saturation', colourfulness: 'saturation',
  warmth: 'temperature', temperature: 'temperature',
}; // prettier-ignore
const NOUN = `(?:colour |overall )?(${Object.keys(NOUNS).join('|')})`;

const UP =
  'increase|raise|boost|bump up|bump|crank up|crank|turn up|push up|push|lift|up|more|add|higher|strengthen|intensify|pump up|amplify|enhance|punch up|bring up|give|greater';
const DOWN =
  'decrease|reduce|lower|less|drop|turn down|tone down|cut|weaken|dial down|dial back|bring down|diminish|pull down|pull back|lessen|minimi[sz]e';

/** Adjectives and verbs: what they adjust and in which direction. */
const DIRECTIONS: readonly (readonly [RegExp, Adjustable, 1 | -1])[] = [
  [/\b(?:brighten(?: up)?|lighten(?: up)?|illuminate|light up|(?:more )?bright(?:er)?|lighter|less dark)\b/, 'brightness', 1],
  [/\b(?:darken|dim|darker|dimmer|more dark|less bright)\b/, 'brightness', -1],
  [/\b(?:punchier|more (?:punchy|contrasty|contrasted|contrast)|crunchier)\b/, 'contrast', 1],
  [/\b(?:flatter|less (?:punchy|contrasty|contrasted|contrast|harsh))\b/, 'contrast', -1],
  [/\b(?:saturate|more (?:saturated|vivid|vibrant|colourful|intense)|more colours?|vivid|vibrant|colourful)\b/, 'saturation', 1],
  [/\b(?:less (?:saturated|vivid|vibrant|colourful|garish|colours?)|duller|more muted|muted|mute|desaturated)\b/, 'saturation', -1],
  [/\b(?:warm(?: up)?|warmer|more warm|less (?:cold|cool|blue))\b/, 'temperature', 1],
  [/\b(?:cool(?: down)?|cooler|colder|more (?:cool|cold)|less (?:warm|yellow|orange))\b/, 'temperature', -1],
];

/** What is wrong says what is wanted. */
const COMPLAINTS: readonly (readonly [RegExp, Adjustable, 1 | -1])[] = [
  [/\b(?:too dark|under-?exposed|too dim|not bright enough)\b/, 'brightness', 1],
  [/\b(?:too bright|over-?exposed|too light|washed[- ]out by light)\b/, 'brightness', -1],
  [/\b(?:too flat|not enough contrast|lacks contrast)\b/, 'contrast', 1],
  [/\b(?:too contrasty|too much contrast|too harsh)\b/, 'contrast', -1],
  [/\b(?:too dull|not (?:colourful|vivid|vibrant) enough)\b/, 'saturation', 1],
  [/\b(?:too (?:saturated|colourful|vivid|garish))\b/, 'saturation', -1],
  [/\b(?:too (?:cold|cool|blue))\b/, 'temperature', 1],
  [/\b(?:too (?:warm|yellow|orange))\b/, 'temperature', -1],
];

const WHOLE: Readonly<Record<Adjustable, readonly [string, string]>> = {
  brightness: ['brighten', 'darken'],
  contrast: ['increase the contrast of', 'reduce the contrast of'],
  saturation: ['increase the saturation of', 'reduce the saturation of'],
  temperature: ['warm up', 'cool down'],
};

function adjust(words: Words, context: ClauseContext, what: Adjustable, amountPercent: number, confidence?: number): ClauseReading {
  if (amountPercent === 0) {
    return ask({
      code: 'HOW_MUCH',
      text: `By how much should the ${what} change?`,
      completion: `increase the ${what} by {answer}`,
      candidates: [`increase the ${what} by 20%`, `reduce the ${what} by 20%`],
    });
  }
  const verb = WHOLE[what][amountPercent > 0 ? 0 : 1];
  return overPixels(words, context, {
    doing: verb.split(' ')[0] ?? verb,
    everywhere: `${verb} the whole picture by ${Math.abs(amountPercent)}%`,
    build: (area) => ({ operation: what, amountPercent, area }),
    ...(confidence === undefined ? {} : { confidence }),
  });
}

/** 'increase the contrast by 15%', 'more saturation', 'contrast -10', 'set brightness to 120%'. */
const noun: IntentRule = {
  name: 'adjust by noun',
  when: new RegExp(`\\b${NOUN}\\b`),
  read(words, match, context) {
    const what = NOUNS[match[1] ?? ''];
    if (what === undefined) return null;
    const up = words.take(new RegExp(`\\b(?:${UP})\\b`)) !== null;
    const down = words.take(new RegExp(`\\b(?:${DOWN}|down)\\b`)) !== null;
    const set = words.take(/\b(?:set|adjust|change|put|make|bring|tweak|correct|tone|dial|turn|crank|bump|push|pull)\b/) !== null;
    const amount = takeAmount(words);
    if (up === down && !(amount && ('to' in amount || set || Math.abs(amount.by) > 0))) {
      return up || !set
        ? null
        : ask({
            code: 'WHICH_WAY',
            text: `Should the ${what} go up or down, and by how much?`,
            candidates: [`increase the ${what} by 20%`, `reduce the ${what} by 20%`],
            completion: `{answer} the ${what}`,
          });
    }
    return adjust(words, context, what, signedPercent(amount, down ? -1 : 1));
  },
};

/** 'brighten the left half a bit', 'make it 20% warmer'. */
const direction: IntentRule = {
  name: 'adjust by direction',
  when: new RegExp(DIRECTIONS.map(([pattern]) => pattern.source).join('|')),
  read(words, match, context) {
    const row = DIRECTIONS.find(([pattern]) => pattern.exec(match[0])?.[0] === match[0]);
    if (!row) return null;
    words.take(/^\s*(?:make|get|have|render|turn)\b/);
    return adjust(words, context, row[1], signedPercent(takeAmount(words), row[2]));
  },
};

const complaint: IntentRule = {
  name: 'complaint',
  when: new RegExp(COMPLAINTS.map(([pattern]) => pattern.source).join('|')),
  read(words, match, context) {
    const row = COMPLAINTS.find(([pattern]) => pattern.test(match[0]));
    words.take(/\b(?:is|are|looks?|seems?|appears?|was|it's|a bit|a little|way|far|much|slightly)\b/);
    return row ? adjust(words, context, row[1], signedPercent(takeAmount(words), row[2]), UNSURE) : null;
  },
};

const desaturate: IntentRule = {
  name: 'desaturate',
  when: /\bdesaturate\b/,
  read: (words, _match, context) => adjust(words, context, 'saturation', signedPercent(takeAmount(words), -1, 100)),
};

const monochrome: IntentRule = {
  name: 'black and white',
  when: /\bmonochrome\b|\b(?:remove|strip|drain|take out|drop|lose)\s+(?:all\s+)?(?:of\s+)?(?:the\s+)?colours?\b/,
  read(words, _match, context) {
    words.take(/^\s*(?:convert|make|turn|change|set|render|switch|go|put|apply)\b/);
    words.take(/\b(?:completely|fully|entirely)\b/);
    return overPixels(words, context, {
      doing: 'turn black and white',
      everywhere: 'turn the whole picture black and white',
      build: (area) => ({ operation: 'black-and-white', area }),
    });
  },
};

const hue: IntentRule = {
  name: 'hue',
  when: /\bhues?\b/,
  read(words, _match, context) {
    const verb = words.take(/\b(?:shift|rotate|change|adjust|move|turn|increase|decrease|reduce|spin|set|raise|lower)\b/)?.[0] ?? '';
    const number = words.take(/(?:\b(?:by|of|to)\s+)?([+-]?\d{1,3})(?:\.\d+)?(?: degrees)?/);
    if (!number) {
      return ask({
        code: 'HOW_MUCH',
        text: 'By how many degrees should the hue shift?',
        completion: 'shift the hue by {answer} degrees',
        candidates: ['shift the hue by 30 degrees', 'shift the hue by -30 degrees'],
      });
    }
    const sign = /decrease|reduce|lower/.test(verb) || words.take(/\b(?:left|counterclockwise|backwards?)\b/) ? -1 : 1;
    words.take(/\b(?:right|clockwise|forwards?)\b/);
    const degrees = wrapDegrees(sign * Number(number[1]));
    return overPixels(words, context, {
      doing: 'shift',
      everywhere: `shift the hue of the whole picture by ${degrees} degrees`,
      build: (area: Area): Operation => ({ operation: 'hue', degrees, area }),
    });
  },
};

/** -180 to 180. */
function wrapDegrees(degrees: number): number {
  const turned = ((degrees % 360) + 360) % 360;
  return turned > 180 ? turned - 360 : turned;
}

/** Named ranges of tone: known, and not done, rather than done everywhere. */
const ranges: IntentRule = {
  name: 'tone ranges',
  when: /\b(?:shadows?|highlights?|mid-?tones|blacks|whites|gamma|curves?|levels|black point|white point|white balance|tint)\b/,
  read(words, match) {
    if (
      !/^\s*(?:increase|decrease|raise|lower|lift|reduce|boost|recover|open|crush|adjust|fix|correct|set|brighten|lighten|darken|dim|auto|soften|more|less|bring|pull|push)\b/.test(
        words.rest(),
      )
    )
      return null;
    return decline(
      'EFFECT_UNSUPPORTED',
      `I cannot adjust ${match[0]} separately; I change brightness, contrast, saturation and colour temperature.`,
      ['brighten the picture by 10%', 'reduce the contrast by 10%', 'make it 10% warmer'],
    );
  },
};

/** Words of mood with more than one reading. */
const mood: IntentRule = {
  name: 'mood',
  when: /\b(?:moodier|moody|more dramatic|dramatic|pop|softer|soften|cleaner|crisp up the mood|more natural|more professional|better|nicer|prettier|beautiful|improve|spice|liven)\b/,
  read: (_words, match) =>
    ask({
      code: 'WHICH_MEANING',
      text: `"${match[0]}" can mean several things. Which of these do you mean?`,
      candidates: /mood|drama/.test(match[0])
        ? ['darken the picture by 15%', 'reduce the saturation by 20%', 'make it 15% cooler', 'increase the contrast by 20%']
        : /soft/.test(match[0])
          ? ['blur the picture slightly', 'reduce the contrast by 15%']
          : [
              'increase the contrast by 15%',
              'increase the saturation by 15%',
              'brighten the picture by 10%',
              'sharpen the picture slightly',
            ],
    }),
};

export const TONE_RULES = { noun, direction, complaint, desaturate, monochrome, hue, ranges, mood };
