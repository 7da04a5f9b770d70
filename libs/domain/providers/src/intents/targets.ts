import type { Scene } from './intent.types.js';
import type { Words } from './words.js';

/** Words that name no object: articles, the picture as such, fillers. */
const EMPTY = new Set(
  `the a an this that these those my our your its it them is are was be being been of in on at to by with for from into onto as so up down out and
  make makes making made get give have let want need needs look looks looking appear seem turn picture scene frame whole entire full all every everything overall general
  effect filter some little bit more less lot little too just only please here there whatever level levels amount value setting intensity
  again now also thing things good as well image's picture's me us i we slightly version
  mask masked selection selected area region part marked box highlighted`
    .split(/\s+/),
); // prettier-ignore

/** What remains after them is no object but a condition, a negation or a comparison: not ours to guess. */
const BEYOND_US =
  /\b(?:if|unless|not|never|no|without|except|until|while|when|whenever|because|like|than|similar|match|matching|instead|maybe|perhaps|or|either|should|where|how|why|what|who|which)\b/;
const TARGET_WORDS_MAX = 7;

/** 'everything but the rose': the thing is named, if only to be left alone. */
const EXCEPTION = /\b(?:except(?: for)?|but(?: not)?|apart from|other than|excluding)\s+(.+)$/;

export type Target =
  { readonly kind: 'everything' } | { readonly kind: 'object'; readonly name: string } | { readonly kind: 'not-understood' };

/** What the rest of a clause speaks of, once a rule has taken what it understands. */
export function targetOf(words: Words): Target {
  const rest = words.rest();
  const said = rest.split(/[\s,]+/).filter((word) => word !== '' && !EMPTY.has(word));
  if (said.length === 0) return { kind: 'everything' };
  const spared = EXCEPTION.exec(rest)?.[1];
  if (spared !== undefined && !BEYOND_US.test(spared)) return { kind: 'object', name: spared };
  if (said.length > TARGET_WORDS_MAX || BEYOND_US.test(rest)) return { kind: 'not-understood' };
  const name = rest
    .replace(/^(?:(?:only|just|all|of|in|on|at|to|by|for|with|from|make|and|up|out|some)\s+)+/, '')
    .replace(/\s+(?:of|in|on|at|to|by|for|with|from|look|looks|be|is|are|and|up|out|a|more|less|bit|too)$/g, '')
    .replace(/'s$/, '');
  return { kind: 'object', name: name === '' ? said.join(' ') : name };
}

/** Whether the words point at what the caller marked: 'the selected area', 'inside the mask', 'this part'. */
export function takesMarked(words: Words, scene: Scene): boolean {
  return (
    scene.hasMask &&
    words.take(
      /\b(?:(?:in|inside|within|under|of|to|the|this|that)\s+)*(?:mask(?:ed)?|selection|selected|marked|highlighted|box)(?:\s+(?:area|region|part|object|box|bit))?\b/,
    ) !== null
  );
}
