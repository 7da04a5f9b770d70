import { colorsNamed, converter, formatHex, parse } from 'culori';
import type { Words } from './words.js';

/** Names that people use and CSS does not know. */
const MORE_NAMES: Readonly<Record<string, string>> = {
  'burnt orange': '#cc5500', 'off-white': '#faf9f6', 'off white': '#faf9f6', 'rose gold': '#b76e79', 'baby blue': '#89cff0', 'navy blue': '#000080',
  'sky blue': '#87ceeb', 'royal blue': '#4169e1', 'midnight blue': '#191970', 'forest green': '#228b22', 'olive green': '#808000', 'lime green': '#32cd32',
  'hot pink': '#ff69b4', 'blood red': '#8a0303', 'brick red': '#a52a2a', mustard: '#e1ad01', burgundy: '#800020', cream: '#fffdd0', charcoal: '#36454f',
  rose: '#ff007f', peach: '#ffcba4', mint: '#98ff98', ruby: '#e0115f', emerald: '#50c878', sapphire: '#0f52ba', amber: '#ffbf00', lilac: '#c8a2c8',
  mauve: '#b784a7', rust: '#b7410e', sand: '#c2b280', terracotta: '#e2725b', apricot: '#fbceb1', scarlet: '#ff2400', jade: '#00a86b', ochre: '#cc7722',
  taupe: '#483c32', bronze: '#cd7f32', copper: '#b87333', wine: '#722f37',
}; // prettier-ignore

/** Lightness in OKLCH that a modifier adds, and the share of chroma that it leaves. */
const MODIFIERS: Readonly<Record<string, { readonly lightness: number; readonly chroma: number }>> = {
  light: { lightness: 0.15, chroma: 0.8 },
  pale: { lightness: 0.2, chroma: 0.5 },
  pastel: { lightness: 0.2, chroma: 0.5 },
  soft: { lightness: 0.1, chroma: 0.7 },
  bright: { lightness: 0.05, chroma: 1.2 },
  vivid: { lightness: 0, chroma: 1.3 },
  dark: { lightness: -0.15, chroma: 0.9 },
  deep: { lightness: -0.12, chroma: 1.1 },
};

const names = [...Object.keys(colorsNamed), ...Object.keys(MORE_NAMES)].filter((name) => name !== 'transparent');
// the longest first, or 'navy' would win over 'navy blue'
const NAME = names.sort((a, b) => b.length - a.length).join('|');
const COLOUR = new RegExp(
  `(?<![\\w#])(?:(${Object.keys(MODIFIERS).join('|')})(?:er)? )?(#[0-9a-f]{6}|#[0-9a-f]{3}|${NAME})(?:ish)?(?![\\w-])`,
);
const toOklch = converter('oklch');

/** Takes the last colour out of `words`, since the first may be part of what is spoken of ('make the red car blue'). `#rrggbb`. */
export function takeColour(words: Words): string | null {
  const match = words.takeLast(COLOUR);
  return match ? colourOf(match[2] ?? '', match[1]) : null;
}

export function hasColour(text: string): boolean {
  return COLOUR.test(text);
}

const COLOUR_LAST = new RegExp(`${COLOUR.source}(?:\\s+(?:colour|shade|tone|instead|now|in colour))?\\s*$`);

/** 'make the red car blue', and not 'make the red car bigger'. */
export function endsInColour(text: string): boolean {
  return COLOUR_LAST.test(text);
}

function colourOf(name: string, modifier: string | undefined): string | null {
  const css = parse(`${modifier ?? ''}${name}`.replace(/ /g, ''));
  if (modifier !== undefined && css) return formatHex(css);
  const plain = parse(MORE_NAMES[name] ?? name);
  const change = modifier === undefined ? undefined : MODIFIERS[modifier];
  if (!plain || !change) return plain ? formatHex(plain) : null;
  const { l, c, h } = toOklch(plain);
  const clamp = (value: number): number => Math.max(0, Math.min(1, value));
  return formatHex({ mode: 'oklch', l: clamp(l + change.lightness), c: c * change.chroma, ...(h === undefined ? {} : { h }) });
}
