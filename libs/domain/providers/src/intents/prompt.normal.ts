/** A prompt made plain: lower case, one spelling, quotes taken out. */
export interface PlainPrompt {
  /** With `⟦0⟧` where the first quoted text stood. */
  readonly text: string;
  /** As they were written. */
  readonly quotes: readonly string[];
}

const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:i'd|i would) (?:like|love|prefer) (?=(?:it|this|the [a-z]+) )|\bi (?:want|need) (?=(?:it|this|the [a-z]+) (?!to\b))/g, 'make '],
  [/\bdon'?t\b/g, 'do not'],
  [/\b(?:doesn|isn|won)'t\b/g, 'not'],
  [/\b(re)?color(?=[a-z]*)/g, '$1colour'],
  [/\bcenter/g, 'centre'],
  [/\bgray/g, 'grey'],
  [/\b(?:black (?:and|&|n) white|black-and-white|b ?[&/] ?w|greyscale|mono)\b/g, 'monochrome'],
  [/\b(?:counter|anti)[- ]?clock ?wise\b|\bccw\b/g, 'counterclockwise'],
  [/\bclock wise\b|\bcw\b/g, 'clockwise'],
  [/\b(?:per ?cent|pct)\b/g, '%'],
  [/(\d) %/g, '$1%'],
  [/(\d)\s*(?:°|degrees?\b|degs?\b)/g, '$1 degrees'],
  [/(\d)\s*[x×*]\s*(\d)/g, '$1x$2'],
  [/(\d)\s*(?:px|pixels?)\b/g, '$1 px'],
  [/[−–—](?=\d)/g, '-'],
  [/\bupside[- ]down\b/g, 'upside-down'],
  [/\b(?:photograph|photo|pic|img|shot|snapshot)\b/g, 'picture'],
  [/\bimages?\b/g, 'picture'],
];

const NUMBER_WORDS: Readonly<Record<string, number>> = {
  five: 5, ten: 10, fifteen: 15, twenty: 20, 'twenty-five': 25, thirty: 30, forty: 40, 'forty-five': 45, fifty: 50, sixty: 60, seventy: 70,
  eighty: 80, ninety: 90, hundred: 100,
}; // prettier-ignore
const NUMBER_WORD = new RegExp(
  `\\b(?:(?:a |one )?(${Object.keys(NUMBER_WORDS).sort((a, b) => b.length - a.length).join('|')}))\\b(?=[ -]*(?:%|per ?cent|percent|degrees?|deg|px|pixels?|points?)\\b|\\s*%)`,
  'g',
); // prettier-ignore

const POLITE_START =
  /^(?:(?:please|pls|kindly|hey|hi|hello|ok|okay|now|first(?:ly)?|then|next|also|and|finally|lastly|just|can you|could you|would you|will you|can we|i want you to|i want to|i would like (?:you )?to|i'd like (?:you )?to|i need you to|i want it to be|let us|let's|try to|go ahead and)\b[ ,:]*)+/;
const POLITE_END = /(?:[ ,]*\b(?:please|pls|thanks|thank you|for me|would you|will you|ok|okay))+$/;

/** Quoted text is taken out first, so that nothing in it is ever read as a command. */
export function normalisePrompt(prompt: string): PlainPrompt {
  const quotes: string[] = [];
  const keep = (lead: string, quoted: string): string => `${lead}⟦${quotes.push(quoted.trim()) - 1}⟧`;
  let text = prompt
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[⟦⟧]/g, ' ')
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/"([^"]{1,500})"/g, (_whole, quoted: string) => keep('', quoted))
    .replace(/(^|[\s:(])'([^']{1,500})'(?=[\s.,;!?)]|$)/g, (_whole, lead: string, quoted: string) => keep(lead, quoted))
    .toLowerCase();
  text = text.replace(NUMBER_WORD, (_whole, word: string) => String(NUMBER_WORDS[word] ?? word));
  for (const [pattern, spelling] of SPELLINGS) text = text.replace(pattern, spelling);
  return { text: stripPoliteness(text.replace(/[ \t\r\f\v]+/g, ' ').trim()), quotes };
}

/** Without `please`, `could you`, `then` at its ends, and without the marks that end a sentence. */
export function stripPoliteness(text: string): string {
  return text
    .trim()
    .replace(/[\s.!?,;:]+$/, '')
    .replace(POLITE_START, '')
    .replace(POLITE_END, '')
    .trim();
}
