/** What a clause may begin with. Anything else continues the clause before it. */
const VERBS =
  'brighten|lighten|darken|dim|illuminate|light up|increase|decrease|raise|lower|reduce|boost|bump|crank|turn|dial|tone|drop|cut|lift|amplify|intensify|strengthen|weaken|give|make|set|change|adjust|tweak|bring|push|pull|saturate|desaturate|mute|warm|cool|convert|render|monochrome|recolour|colour|paint|dye|tint|shift|blur|soften|defocus|sharpen|pixelate|censor|rotate|spin|tilt|straighten|level|flip|mirror|reverse|resize|rescale|scale|downscale|upscale|shrink|enlarge|double|halve|stretch|crop|trim|chop|shave|slice|flatten|fill|erase|remove|delete|get|take|clean|wipe|retouch|heal|inpaint|eliminate|strip|drain|add|insert|place|put|write|print|overlay|label|caption|stamp|type|include|watermark|replace|swap|substitute|move|nudge|apply|undo|redo|revert|reset|restore|save|export|generate|create|draw|expand|extend|zoom|isolate|improve|enhance|fix|denoise|use|do|keep|preserve|leave|maintain|without|not|no|more|less|quarter turn|half turn|go';
const STARTS = new RegExp(
  `^(?:(?:slightly|gently|strongly|heavily|really|completely|subtly|dramatically|carefully|simply|only|a bit|a little)\\s+)?(?:${VERBS})\\b`,
);
const ADJECTIVE =
  /^(?:(?:a (?:little|bit|lot|touch|tad)|slightly|much|even|more|less|very|too|quite|\d+%)\s+)*(?:brighter|lighter|darker|dimmer|warmer|cooler|colder|punchier|flatter|duller|sharper|crisper|blurr(?:y|ier|ed)|smaller|bigger|larger|saturated|desaturated|vivid|vibrant|colourful|contrasty|muted|monochrome|rotated|flipped|mirrored|cropped)\b/;
const NOUN = /^(?:the\s+)?(?:colour\s+|overall\s+)?(?:brightness|exposure|contrast|saturation|vibrance|warmth|temperature|sharpness|hue)\b/;
const AMOUNT = /\s(?:by\s+(?:about\s+|around\s+)?[+-]?\d+(?:\.\d+)?%?|[+-]?\d+%|slightly|a (?:little|bit|lot|touch|tad)(?: bit)?)$/;
const ADJUSTS =
  /^((?:increase|decrease|raise|lower|reduce|boost|bump up|crank up|turn (?:up|down)|dial (?:down|back)|tone down|drop|cut|lift|amplify|intensify|adjust|set|add|more|less|bring (?:up|down))\b(?:\s+(?:more|some|a bit of))?)/;
const BARE_VERB =
  /^(?:slightly\s+)?(blur|sharpen|brighten|lighten|darken|dim|saturate|desaturate|warm(?: up)?|cool(?: down)?|erase|remove|recolour)$/;
const MADE =
  /^((?:make|turn|have|get|render)\s+.*?)\s+(?:(?:a (?:little|bit|lot|touch|tad)|slightly|much|even|more|less|very|quite|\d+%|by)\s+)*(?:brighter|lighter|darker|dimmer|warmer|cooler|colder|punchier|flatter|duller|sharper|crisper|blurr\w+|smaller|bigger|larger|saturated|desaturated|vivid|vibrant|colourful|contrasty|muted|monochrome|bright|dark|warm|cool|bluish)\b/;
const SPLIT =
  /(\s*(?:[.!?;\n]+(?=\s|$)|,(?!\s*[+-]?\d)|(?:^|\s)\d{1,2}[.)]\s)\s*|\s+(?:and then|then|and also|also|and|plus|but|as well as|while|so|after that|afterwards|followed by|&|\+)\s+)/;

interface Fragment {
  text: string;
  readonly joint: string;
}

/**
 * Cuts a plain prompt into clauses, each of which asks for one thing. What is left unsaid is put back: 'increase contrast and saturation by
 * 20%' is two increases by 20%, 'blur and darken the sky' both speak of the sky. What begins no clause stays with the one before, where it
 * will be seen as not understood rather than be lost.
 */
export function splitClauses(text: string, strip: (fragment: string) => string): readonly string[] {
  const clauses: Fragment[] = [];
  for (const fragment of fragmentsOf(text, strip)) {
    const before = clauses.at(-1);
    const whole = before === undefined || STARTS.test(fragment.text) ? null : completed(fragment.text, before.text);
    if (before === undefined || STARTS.test(fragment.text) || isSentence(fragment.text)) clauses.push(fragment);
    else if (whole === null) before.text = `${before.text} ${fragment.joint} ${fragment.text}`;
    else {
      if (NOUN.test(fragment.text)) shareAmount(clauses, fragment.text);
      clauses.push({ ...fragment, text: whole });
    }
  }
  shareObjects(clauses);
  return clauses.map((clause) => clause.text);
}

function fragmentsOf(text: string, strip: (fragment: string) => string): readonly Fragment[] {
  const parts = text.split(SPLIT);
  const fragments: Fragment[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const fragment = strip(parts[index] ?? '');
    const joint = (parts[index - 1] ?? '').trim();
    if (fragment !== '') fragments.push({ text: fragment, joint });
  }
  return fragments;
}

/** 'it is too dark', 'the picture looks flat'. */
function isSentence(text: string): boolean {
  return /^(?:it|this|that|the picture|everything|i|you)\b.*\b(?:is|are|looks?|seems?|was|it's|should|must|needs?|want)\b/.test(text);
}

/** The clause that a fragment without a verb stands for; null when it stands for none. */
function completed(fragment: string, before: string): string | null {
  if (ADJECTIVE.test(fragment)) {
    const made = MADE.exec(before)?.[1];
    return made === undefined ? `make it ${fragment}` : `${made} ${fragment}`;
  }
  if (!NOUN.test(fragment)) return null;
  const verb = ADJUSTS.exec(before)?.[1];
  return verb === undefined || /\b(?:up|down|[+-]\d)/.test(fragment) ? fragment : `${verb} ${fragment}`;
}

/** An amount at the end of an enumeration belongs to all of it. */
function shareAmount(clauses: readonly Fragment[], last: string): void {
  const amount = AMOUNT.exec(last)?.[0];
  if (amount === undefined) return;
  for (const clause of clauses.toReversed()) {
    if (!ADJUSTS.test(clause.text) || /\d|slightly|\ba (?:little|bit|lot|touch|tad)\b/.test(clause.text)) return;
    clause.text += amount;
  }
}

/** 'blur and darken the sky': the first verb has no object of its own. */
function shareObjects(clauses: readonly Fragment[]): void {
  for (let index = clauses.length - 2; index >= 0; index -= 1) {
    const clause = clauses[index];
    const next = clauses[index + 1];
    if (!clause || !/^(?:and|&|,)$/.test(next?.joint ?? '') || !BARE_VERB.test(clause.text)) continue;
    const object =
      /^(?:slightly\s+)?(?:blur|sharpen|brighten|lighten|darken|dim|saturate|desaturate|warm(?: up)?|cool(?: down)?|erase|remove|recolour)\s+(.+)$/.exec(
        next?.text ?? '',
      )?.[1];
    if (object !== undefined) clause.text += ` ${object}`;
  }
}
