import type { Json } from '@imprimatur/kernel';
import type { Asset } from './asset.types.js';

/** What in a file speaks against the declaration that the picture is one's own: codes, never the names that it tells. */
export const ORIGIN_MISMATCHES = ['creator', 'credit', 'copyright', 'agency', 'ai-generated'] as const;
export type OriginMismatch = (typeof ORIGIN_MISMATCHES)[number];

const NAMED = ['creator', 'credit', 'copyright'] as const;
/** Houses that license pictures of others; whoever has one of theirs has a licence, or should. */
const AGENCIES = [
  'getty images',
  'istock',
  'istockphoto',
  'shutterstock',
  'alamy',
  'adobe stock',
  'depositphotos',
  'dreamstime',
  'reuters',
  'associated press',
  'agence france presse',
  'afp',
  'deutsche presse agentur',
  'dpa',
  'epa efe',
  'pa media',
  'imago images',
  'magnum photos',
  'corbis',
  'bridgeman images',
];
/** What nobody owns, anybody may use: who made it is no objection then. */
const FREE = /\b(public domain|cc0|no (known )?copyright)\b/;
/** In the place of a name: there is none. */
const NOBODY = /\b(public domain|cc0|no (known )?copyright|none|unknown|n a)\b/;
const NO_NAME = /\b(copyright|all rights reserved|rights reserved|photo(graph)? by|photo|image|by|the|c|\d{4})\b/g;

/**
 * Nothing unless the uploader says that it is theirs. `ours`: names that may stand there, the tenant's and the uploader's. A name counts as ours where
 * the one contains the other, word by word.
 */
export function originMismatch(
  { rights, facts, c2pa }: Pick<Asset, 'rights' | 'facts' | 'c2pa'>,
  ours: readonly string[],
): readonly OriginMismatch[] {
  if (rights.declared !== 'owned') return [];
  const said = facts.rights;
  const names = ours.map(plain).filter((name) => name !== '');
  const texts = NAMED.map((field) => ({ field, text: plain(textOf(said, field)) }));
  const strangers = texts.filter(({ text }) => isName(text) && !names.some((name) => isOurs(text, name)));
  const agency = strangers.some(({ text }) => AGENCIES.some((house) => contains(text, house)));
  const isGenerated = /(^|\/)trainedAlgorithmicMedia$/.test(textOf(said, 'digitalSourceType')) || c2pa?.createdByAi === true;
  const isFree = FREE.test(plain(textOf(said, 'copyright')));
  return [
    ...(isFree ? [] : strangers.map(({ field }) => field)),
    ...(agency ? ['agency' as const] : []),
    ...(isGenerated ? ['ai-generated' as const] : []),
  ];
}

function textOf(said: Json | undefined, field: string): string {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return '';
  const value = (said as { readonly [field: string]: Json })[field];
  return typeof value === 'string' ? value : '';
}

/** Letters and digits of every script, in lower case, with single spaces between. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function isName(text: string): boolean {
  return !NOBODY.test(text) && text.replaceAll(NO_NAME, '').trim() !== '';
}

function isOurs(text: string, name: string): boolean {
  const bare = text.replaceAll(NO_NAME, ' ').replaceAll(/\s+/g, ' ').trim();
  return contains(text, name) || contains(name, bare);
}

function contains(text: string, part: string): boolean {
  return ` ${text} `.includes(` ${part} `);
}
