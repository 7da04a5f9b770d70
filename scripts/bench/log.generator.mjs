// Entries and tree of a log of any size, one after the other, as the ledger itself would make them.
import { room } from './cluster.mjs';
import { eventAbout } from './ledger-room.mjs';

const { Tree, leafHash } = room('formats/merkle');
const { entryBytes } = room('formats/ledger');
const { sha256 } = room('domain/ledger');
const TILE_LEVELS = 8;
const ASSETS = 5_000;

const hex = (value, digits) => value.toString(16).padStart(digits, '0');
/** UUIDs in the order of the log, as time-ordered ones are. */
export const idOf = (kind, n) => `0193${kind}000-0000-7000-8000-${hex(n, 12)}`;
export const ENTRY_KIND = 'e';

/** Yields { index, id, about, seq, bytes, leaf, nodes } per entry; `nodes` are the roots of full tiles that it completes. Ends with the root. */
export function* generateLog(tenant, size) {
  const tree = Tree.empty(sha256);
  const heads = new Map();
  const template = entryTemplate(tenant);
  for (let index = 0; index < size; index += 1) {
    const asset = idOf('a', index % ASSETS);
    const head = heads.get(asset) ?? { seq: 0, prev: null };
    const id = idOf(ENTRY_KIND, index);
    const bytes = template(id, asset, head.seq + 1, head.prev, index);
    const leaf = leafHash(sha256, bytes);
    heads.set(asset, { seq: head.seq + 1, prev: Buffer.from(leaf).toString('base64url') });
    const nodes = tree
      .append(leaf)
      .filter(({ level }) => level % TILE_LEVELS === 0)
      .map(({ level, index: at, hash }) => ({ level: level / TILE_LEVELS, index: at, hash }));
    yield { index, id, asset, seq: head.seq + 1, bytes, leaf, nodes };
  }
  return tree.root();
}

/** Canonical JSON made once by the real writer, and filled in: the writer itself would be most of the time of ten million entries. */
function entryTemplate(tenant) {
  const entryOf = (id, asset, seq, prev, n) => ({
    v: 1,
    id,
    at: '2026-11-23T10:00:00.000Z',
    tenant,
    actor: { kind: 'person', ref: idOf('f', 1), role: 'creator' },
    parts: {},
    ...eventAbout([{ kind: 'asset', id: asset, seq, prev }], n),
  });
  const marks = { id: '@id@', asset: '@asset@', seq: 111_111_111, prev: '@prev@', n: 222_222_222 };
  const text = Buffer.from(entryBytes(entryOf(marks.id, marks.asset, marks.seq, marks.prev, marks.n))).toString();
  const pieces = text.split(/(@id@|@asset@|111111111|"@prev@"|222222222)/);
  const template = (id, asset, seq, prev, n) => {
    const filled = { '@id@': id, '@asset@': asset, 111111111: seq, '"@prev@"': prev === null ? 'null' : `"${prev}"`, 222222222: n };
    return Buffer.from(pieces.map((piece) => filled[piece] ?? piece).join(''));
  };
  const [id, asset] = [idOf(ENTRY_KIND, 7), idOf('a', 7)];
  const made = Buffer.from(entryBytes(entryOf(id, asset, 1, null, 7)));
  if (!made.equals(template(id, asset, 1, null, 7))) throw new Error('the template does not write what the ledger writes');
  return template;
}
