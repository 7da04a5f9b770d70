import fc from 'fast-check';
import { colourProfileName } from './colour-profile';
import { readIptc } from './iptc.reader';
import { readRights } from './rights.reader';
import { XmpReader } from './xmp.reader';
import { XMP } from './xmp.vocabulary';
import { writeXmp } from './xmp.writer';

const dataset = (record: number, number: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x1c, record, number, value.length >> 8, value.length & 0xff]), value]);
const resource = (id: number, data: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('8BIM'),
    Buffer.from([id >> 8, id & 0xff, 0, 0, 0, 0, data.length >> 8, data.length & 0xff]),
    data,
    Buffer.alloc(data.length % 2),
  ]);
const read = (packet: string) => readRights({ xmp: Buffer.from(packet) });

describe('rights in a file', () => {
  it('reads back what is written', () => {
    const rights = {
      digitalSourceType: 'humanEdits',
      creator: 'Ana & Béla <b>"Ü"</b>',
      credit: "Studio 'One'",
      copyright: '© 2026 Ana',
      usageTerms: 'Editorial only',
      description: 'A cup\nof coffee',
    };
    expect(read(writeXmp(rights))).toEqual({
      ...rights,
      description: 'A cup of coffee',
      digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/humanEdits',
      dataMining: null,
    });
  });

  it('writes the AI system in the words of IPTC 2025.1', () => {
    const packet = writeXmp({ aiSystem: { name: 'Painter', version: '2' } });
    const reader = new XmpReader(packet);
    expect([reader.read(XMP.aiSystem), reader.read(XMP.aiSystemVersion)]).toEqual(['Painter', '2']);
  });

  it('leaves out what was not said, and what XML cannot say', () => {
    expect(writeXmp({ credit: 'a\0b' })).toContain('<photoshop:Credit>ab</photoshop:Credit>');
    expect(writeXmp({})).not.toMatch(/dc:creator>|AISystemUsed>|DigitalSourceType>/);
  });

  it('reads attributes, several creators, resources and a prefix of the file’s own', () => {
    expect(read('<d photoshop:Credit="Agency &amp; Sons"/>').credit).toBe('Agency & Sons');
    expect(read('<dc:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Seq></dc:creator>').creator).toBe('A, B');
    expect(read('<plus:DataMining rdf:resource="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"/>').dataMining).toContain('DMI-PROHIBITED');
    expect(
      read(
        '<r xmlns:q="http://purl.org/dc/elements/1.1/"><q:rights><rdf:Alt><rdf:li xml:lang="x-default">me</rdf:li></rdf:Alt></q:rights></r>',
      ).copyright,
    ).toBe('me');
  });

  it('prefers XMP to IPTC, and IPTC to nothing', () => {
    const iptc = Buffer.concat([
      Buffer.from('Photoshop 3.0\0'),
      resource(0x03ed, Buffer.from('odd')),
      resource(
        0x0404,
        Buffer.concat([
          dataset(1, 90, Buffer.from('\x1b%G')),
          dataset(2, 80, Buffer.from('Zoë')),
          dataset(2, 80, Buffer.from('Max')),
          dataset(2, 116, Buffer.from('old')),
        ]),
      ),
    ]);
    const rights = readRights({ iptc, xmp: Buffer.from('<d dc:rights="new"/>') });
    expect(rights).toMatchObject({ creator: 'Zoë, Max', copyright: 'new', credit: null });
  });

  it('reads IPTC without a declared character set as Latin-1', () => {
    expect(readIptc(dataset(2, 110, Buffer.from([0xdc])))).toEqual({ credit: 'Ü' });
  });

  it('never expands an entity, and never throws at a stranger’s metadata', () => {
    expect(read('<!DOCTYPE x [<!ENTITY a "boom">]><d dc:rights="&a;"/>').copyright).toBe('&a;');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 200 }), (bytes, text) => {
        const strange = Buffer.from(bytes);
        const rights = readRights({
          exif: strange,
          iptc: Buffer.concat([Buffer.from('8BIM'), strange]),
          xmp: Buffer.from(`<dc:rights>${text}`),
        });
        expect(Object.keys(rights)).toHaveLength(7);
        expect(typeof colourProfileName(bytes)).toBe('string');
      }),
    );
  });
});
