/** One property of XMP by namespace, with the prefix that files use when they fail to declare one. */
export interface XmpProperty {
  readonly namespace: string;
  readonly prefix: string;
  readonly name: string;
}

const PACKET_CHARS_MAX = 1_000_000;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads properties out of an XMP packet by looking for their tags, in linear time. Deliberately no XML parser: a packet in a stranger's file
 * may be malformed, or made to blow one up (entities are never expanded beyond XML's own five and character references).
 */
export class XmpReader {
  private readonly text: string;

  constructor(packet: string) {
    this.text = packet.slice(0, PACKET_CHARS_MAX);
  }

  /** The text of the property: its attribute, its element, or the items of its list joined by a comma; null when absent or empty. */
  read(property: XmpProperty): string | null {
    const tag = `${this.prefixOf(property)}:${property.name}`;
    const value = this.attribute(tag) ?? this.element(tag);
    const clean = value === null ? '' : decode(value).trim();
    return clean === '' ? null : clean;
  }

  private prefixOf({ namespace, prefix }: XmpProperty): string {
    const at = this.text.indexOf(`"${namespace}"`);
    const declaration = at < 0 ? null : /xmlns:([A-Za-z][\w-]{0,40})\s?=\s?$/.exec(this.text.slice(Math.max(0, at - 60), at));
    return declaration?.[1] ?? prefix;
  }

  private attribute(tag: string): string | null {
    for (const quote of ['"', "'"]) {
      const lead = `${tag}=${quote}`;
      const at = this.text.indexOf(lead);
      if (at < 0) continue;
      const end = this.text.indexOf(quote, at + lead.length);
      return end < 0 ? null : this.text.slice(at + lead.length, end);
    }
    return null;
  }

  private element(tag: string): string | null {
    const at = this.text.indexOf(`<${tag}`);
    const open = at < 0 ? -1 : this.text.indexOf('>', at);
    if (open < 0) return null;
    const resource = /rdf:resource\s?=\s?["']([^"']*)/.exec(this.text.slice(at, open))?.[1];
    if (resource !== undefined) return resource;
    const close = this.text.indexOf(`</${tag}>`, open);
    if (close < 0 || this.text[open - 1] === '/') return null;
    return listItems(this.text.slice(open + 1, close));
  }
}

/** An `rdf:Alt` gives its first language, a Seq or Bag all of its items, plain text itself. */
function listItems(inner: string): string {
  const items: string[] = [];
  for (let at = inner.indexOf('<rdf:li'); at >= 0; at = inner.indexOf('<rdf:li', at + 7)) {
    const open = inner.indexOf('>', at);
    const close = inner.indexOf('</rdf:li>', at);
    if (open < 0 || close < open) break;
    items.push(inner.slice(open + 1, close).trim());
  }
  if (items.length === 0) return inner.includes('<') ? '' : inner;
  return inner.includes('<rdf:Alt') ? (items[0] ?? '') : items.join(', ');
}

function decode(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi,
    (whole, decimal?: string, hexadecimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}
