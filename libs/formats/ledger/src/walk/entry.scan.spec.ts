import { toBase64Url, utf8 } from '@imprimatur/kernel';
import fc from 'fast-check';
import { type Entry, entryBytes, parseEntry } from '../entry.js';
import { EntryScan } from './entry.scan.js';

const uuid = fc.uuid({ version: 7 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toBase64Url);
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('asset', 'a"b', 'ü', '\u2028', '\\'));
const facts = fc.dictionary(
  text,
  fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.dictionary(text, fc.integer()))),
);
const about = fc.oneof(
  fc.record({ kind: fc.constantFrom('turn', 'session', 'item'), id: uuid }),
  fc.record({ kind: fc.constant('asset' as const), id: uuid, seq: fc.integer({ min: 1 }), prev: fc.option(hash) }),
);
const signature = fc.record({ kind: fc.constantFrom('webauthn' as const, 'dsse' as const), over: hash, value: text });
const plain: fc.Arbitrary<Entry> = fc.record({
  v: fc.constant(1 as const),
  id: uuid,
  type: fc.oneof(text, fc.constant('credential.enrolled')),
  at: fc.constant('2025-01-01T00:00:00.000Z'),
  tenant: uuid,
  actor: fc.record({ kind: fc.constantFrom('person' as const, 'system' as const), ref: text, role: text }),
  about: fc.array(about, { maxLength: 12 }),
  facts,
  parts: fc.dictionary(text, hash),
});
const entries = fc.oneof(
  plain,
  fc.tuple(plain, signature).map(([entry, signed]): Entry => ({ ...entry, signature: signed })),
);
const written = entries.map((entry) => {
  try {
    return entryBytes(entry);
  } catch {
    return utf8('{}'); // a lone surrogate: no entry says it
  }
});

describe('reading entries fast', () => {
  const scan = new EntryScan();

  it('finds what parsing finds', () => {
    fc.assert(
      fc.property(written, (bytes) => {
        const parsed = parseEntry(bytes);
        expect(scan.read(bytes, 0, bytes.length)).toBe(parsed.status);
        if (parsed.status !== 'entry') return;
        const assets = parsed.entry.about.filter(({ kind }) => kind === 'asset');
        expect(scan.places.seqs.slice(0, scan.places.count)).toEqual(assets.map(({ seq }) => seq));
        expect(scan.places.linked.slice(0, scan.places.count)).toEqual(assets.map(({ prev }) => typeof prev === 'string'));
        assets.forEach(({ id, prev }, at) => {
          expect(Buffer.from(scan.places.ids.subarray(at * 16, at * 16 + 16)).toString('hex')).toBe(id.replaceAll('-', ''));
          if (prev) expect(toBase64Url(scan.places.prevs.subarray(at * 32, at * 32 + 32))).toBe(prev);
        });
        expect(scan.isOf(utf8(parsed.entry.tenant))).toBe(true);
        expect(scan.isOfPeople()).toBe(parsed.entry.signature !== undefined || parsed.entry.type === 'credential.enrolled');
        expect(scan.isOf(utf8('0190c0de-7000-7000-8000-000000000000'))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('says entry to nothing that parsing refuses, whichever byte is changed, left out or put in', () => {
    const change = fc.record({ at: fc.nat(), by: fc.integer({ min: 0, max: 255 }), how: fc.constantFrom('change', 'drop', 'insert') });
    fc.assert(
      fc.property(written, change, ({ length, ...bytes }, { at, by, how }) => {
        const list = [...Uint8Array.from({ ...bytes, length })];
        const place = at % length;
        list.splice(place, how === 'insert' ? 0 : 1, ...(how === 'drop' ? [] : [by]));
        const changed = Uint8Array.from(list);
        const parsed = parseEntry(changed);
        const reading = scan.read(changed, 0, changed.length);
        if (reading === 'entry') expect(parsed.status).toBe('entry');
        if (parsed.status === 'unknown-version') expect(reading).toBe('unknown-version');
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads an entry between others as it reads it alone', () => {
    fc.assert(
      fc.property(written, fc.uint8Array(), fc.uint8Array(), (bytes, before, after) => {
        const all = Uint8Array.from([...before, ...bytes, ...after]);
        expect(scan.read(all, before.length, before.length + bytes.length)).toBe(parseEntry(bytes).status);
      }),
    );
  });
});
