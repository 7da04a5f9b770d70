import { takePlace } from '../areas.js';
import { endsInColour, hasColour, takeColour } from '../colours.js';
import { takesMarked, targetOf } from '../targets.js';
import { ask, decline, done, type IntentRule, notUnderstood, overPicture, SURE, where } from './rule.js';

const WHITE = '#ffffff';
/** What is left of the object in "change the colour of the car to red". */
const RECOLOUR_VERB = /^\s*(?:recolour|colour|colourise|paint|dye|tint|make|turn|change|set|render|have)\b/;

const recolour: IntentRule = {
  name: 'recolour',
  when: /^(?=.*\b(?:recolour|colour|paint|dye|tint|make|turn|change|set)\b)/,
  read(words, _match, { scene }) {
    const explicit =
      words.has(/^\s*(?:recolour|dye|tint)\b/) || words.has(/\bcolours?\b/) || words.has(/^\s*colour\b/) || words.has(/^\s*paint\b/);
    if (!explicit && !hasColour(words.rest())) return null;
    // only what a sentence ends in is the colour wanted: 'make the red car blue', and not 'make the red car bigger'
    const colour = endsInColour(words.rest()) ? takeColour(words) : null;
    if (colour === null && !explicit) return null;
    words.take(RECOLOUR_VERB);
    words.take(/\b(?:the\s+)?colours?(?:\s+of\b)?/);
    words.take(/(?:\b(?:to|into|in|as|with|a|shade|of|colour|more|look)\s*)+$/);
    takesMarked(words, scene);
    takePlace(words);
    const target = targetOf(words);
    if (target.kind === 'not-understood') return notUnderstood();
    const name = target.kind === 'object' ? target.name : null;
    if (colour === null) {
      return ask({
        code: 'WHICH_COLOUR',
        text: `Which colour${name === null ? '' : ` should "${name}" get`}?`,
        completion: `recolour ${name === null ? 'it' : `the ${name.replace(/^the /, '')}`} to {answer}`,
      });
    }
    const operation = { operation: 'recolour', colour, target: name, area: null } as const;
    return scene.hasMask ? done([operation], SURE - 50) : where(name ?? 'the part to recolour', 'recolour', [operation], []);
  },
};

const ERASE_VERB =
  /\b(?:erase|remove|delete|get rid of|take (?:out|away)|clean up|wipe (?:out|off|away)|retouch|heal|inpaint|paint (?:out|over)|edit out|photoshop out|rub out|eliminate|cut out|crop out)\b/;

const erase: IntentRule = {
  name: 'erase',
  when: ERASE_VERB,
  read(words, match, { scene, before }) {
    const isPronoun = before !== null && words.has(/\b(?:it|them|that|this)\b/);
    takesMarked(words, scene);
    takePlace(words);
    // what is written on it does not matter: the mask says where it is
    words.take(/⟦\d+⟧/);
    const target = targetOf(words);
    if (target.kind === 'not-understood') return notUnderstood();
    const name = target.kind === 'object' ? target.name : isPronoun ? before.target : null;
    const operation = { operation: 'erase', target: name, area: null } as const;
    if (scene.hasMask) return done([operation], SURE - 50);
    return where(name ?? 'what to remove', match[0] === 'erase' ? 'erase' : 'remove', [operation], []);
  },
};

const flatten: IntentRule = {
  name: 'flatten',
  when: /\bflatten\b|\b(?:remove|drop|get rid of|fill(?: in)?|replace|delete|strip)\s+(?:all\s+)?(?:the\s+)?(?:transparen(?:cy|t)|alpha)(?:\s+(?:channel|areas?|parts?|background|pixels|layer))?\b|\bmake\s+(?:it|the picture|the background)\s+opaque\b/,
  read(words, _match, context) {
    words.take(/\b(?:image|layers?|alpha|transparen(?:cy|t)|background|colour|solid|plain|using|over)\b/);
    const background = takeColour(words) ?? WHITE;
    words.take(/\b(?:background|backdrop|solid|plain|colour|layers?|transparen(?:cy|t))\b/);
    return overPicture(words, context, { doing: 'flatten', build: () => ({ operation: 'flatten', background }) });
  },
};

/** Cutting out would need to know what is the subject. */
const cutOut: IntentRule = {
  name: 'cut out',
  when: /\b(?:(?:remove|erase|delete|cut out|knock out|drop|get rid of)\s+(?:the\s+)?(?:whole\s+|entire\s+)?background|make\s+(?:the\s+)?background\s+transparent|transparent background|isolate|cut ?out (?:the )?(?:subject|person|product|object|model)|extract the)\b/,
  read(words, match, { scene }) {
    if (scene.hasMask && /^(?:remove|erase|delete|get rid of)/.test(match[0]))
      return done([{ operation: 'erase', target: 'background', area: null }], SURE - 50);
    return words.has(/⟦/)
      ? null
      : decline(
          'CUT_OUT_UNSUPPORTED',
          'I cannot tell a subject from its background. With a mask I can erase, blur or recolour what it covers.',
          ['crop to a square', 'blur the whole picture'],
        );
  },
};

export const CONTENT_RULES = { recolour, erase, flatten, cutOut };
