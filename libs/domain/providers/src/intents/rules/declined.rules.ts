import type { Declined } from '../intent.types.js';
import { decline, type IntentRule } from './rule.js';

interface Known {
  readonly name: string;
  readonly when: RegExp;
  readonly code: Declined['code'];
  readonly message: string;
  readonly instead: readonly string[];
}

const rule = ({ name, when, code, message, instead }: Known): IntentRule => ({ name, when, read: () => decline(code, message, instead) });

/** Before everything else: what belongs to the session or the export, and what the words of an edit would otherwise hide. */
const FIRST: readonly Known[] = [
  {
    name: 'session command',
    when: /\b(?:undo|redo|revert|roll back|go back|previous version|start over|reset (?:it|the picture|everything|to)|original version|apply (?:this|that|it|the same)|same (?:edit|as (?:before|last time|the last))|again to all|to all (?:the )?(?:other )?pictures|from picture \d|in picture \d|picture \d)\b|^(?:reset|restore the original)\b/,
    code: 'SESSION_COMMAND',
    message:
      'That is a matter of the session and its versions, not of one edit: choose the version to go back to, or the pictures to edit, there.',
    instead: ['brighten the picture by 10%'],
  },
  {
    name: 'export command',
    when: /\b(?:save|export|download|share|publish|upload|convert (?:it |the picture |this )?(?:in)?to (?:a )?(?:png|jpe?g|webp|avif|tiff?|pdf|gif|svg)|compress)\b/,
    code: 'EXPORT_COMMAND',
    message: 'Format and file size are chosen when a released version is exported.',
    instead: ['resize to 50%', 'crop to a square'],
  },
  {
    name: 'style',
    when: /\b(?:in the style of|style of|look like (?:an? |the )?(?!it)|looks? like|cartoon\w*|anime|comic|sketch|pencil|watercolou?r painting|oil painting|painting|impressionis\w*|van gogh|picasso|ghibli|pixel art|vintage|retro|cinematic|film look|sepia|hdr|vignette|grain|glow|neon|stylis\w*|styli[sz]e|filter|lens flare|bokeh|duotone|posteri[sz]e|emboss|solari[sz]e|invert(?:ed)?|negative)\b/,
    code: 'STYLE_UNSUPPORTED',
    message: 'I do not imitate styles or apply effects: I change exactly what is named, such as tone, colour, focus, size and crop.',
    instead: ['turn it black and white', 'increase the contrast by 20%', 'make it 20% warmer'],
  },
  {
    name: 'generate',
    when: /^(?:generate|create|imagine|dream up|produce|render|draw|sketch|paint me|design|invent)\b/,
    code: 'GENERATE_UNSUPPORTED',
    message: 'I edit the picture that is there and cannot make new content.',
    instead: ['crop to 16:9', 'add the text "hello" at the bottom'],
  },
  {
    name: 'expand',
    when: /\b(?:expand|extend|outpaint|uncrop|zoom out|widen the (?:picture|frame|canvas)|larger canvas|add (?:more )?(?:space|room|background|border|frame|padding|margin)s?|border|zoom in)\b/,
    code: 'GENERATE_UNSUPPORTED',
    message: 'I cannot show what lies beyond the edges, nor add a frame; I can crop closer or resize.',
    instead: ['crop to the centre 80%', 'resize to 150%'],
  },
  {
    name: 'people',
    when: /\b(?:smil(?:e|ing)|frown|younger|older|slim(?:mer)?|thinner|fatter|skinnier|taller|muscular|wrinkles? (?:free|less)|make[- ]?up|hair ?(?:style|cut)|beard|age (?:her|him|them|the)|de-?age|open (?:his|her|their) eyes|eyes open|swap faces?|face ?swap|undress|naked|nude|change (?:his|her|their) (?:face|expression|pose|clothes|outfit|gender))\b/,
    code: 'PERSON_UNSUPPORTED',
    message: 'I do not change how people look; I can erase or recolour what a mask covers.',
    instead: ['brighten the picture by 10%'],
  },
  {
    name: 'restore',
    when: /\b(?:restore|denoise|(?:remove|reduce|less|clean)\s+(?:the\s+)?(?:noise|grain|artifacts|scratches and noise)|unblur|deblur|dehaze|remove (?:the )?haze|super[- ]?resolution|colouri[sz]e|enhance|auto[- ]?(?:enhance|fix|correct|level|tone|colour|contrast)|magic|ai upscale|upscale (?:it )?with ai|fix (?:the )?(?:lighting|colours|picture|it)|red[- ]eyes?)\b/,
    code: 'RESTORE_UNSUPPORTED',
    message: 'I do not decide by myself what is better or bring back what is lost; say what to change and by how much.',
    instead: ['brighten the picture by 10%', 'increase the contrast by 15%', 'sharpen the picture slightly'],
  },
];

/** After the edits: what asks for new content or moves things. */
const LAST: readonly Known[] = [
  {
    name: 'replace',
    when: /\b(?:replace|swap|substitute|exchange|switch)\b|\b(?:turn|change|transform|convert)\b.*\b(?:in)?to\b/,
    code: 'REPLACE_UNSUPPORTED',
    message: 'I cannot put something new in the place of something else; with a mask I can erase or recolour it.',
    instead: ['brighten the picture by 10%'],
  },
  {
    name: 'insert',
    when: /^(?:add|insert|place|put|include|drop in|give|hang|attach|stick|paste|overlay|make (?:it )?(?:rain|snow))\b/,
    code: 'INSERT_UNSUPPORTED',
    message: 'I cannot add things that are not in the picture; text I can.',
    instead: ['add the text "hello" at the bottom'],
  },
  {
    name: 'move',
    when: /\b(?:move|shift|nudge|relocate|reposition|rearrange|drag|align|swap places)\b/,
    code: 'MOVE_UNSUPPORTED',
    message: 'I cannot move single things; I can crop, rotate, flip and resize the whole picture.',
    instead: ['crop to a square', 'flip the picture horizontally'],
  },
];

export const DECLINED_FIRST = FIRST.map(rule);
export const DECLINED_LAST = LAST.map(rule);
