import type { DerivativeRights } from '../picture.types.js';
import type { XmpProperty } from './xmp.reader.js';
import { SOURCE_TYPE_URI, XMP } from './xmp.vocabulary.js';

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

/** An XMP packet that says `rights` in the words of the IPTC Photo Metadata Standard. Same rights, same bytes. */
export function writeXmp(rights: DerivativeRights): string {
  const { digitalSourceType: term, aiSystem } = rights;
  const lines = [
    list(XMP.creator, 'Seq', rights.creator),
    list(XMP.copyright, 'Alt', rights.copyright),
    list(XMP.description, 'Alt', rights.description),
    list(XMP.usageTerms, 'Alt', rights.usageTerms),
    plain(XMP.credit, rights.credit),
    plain(XMP.digitalSourceType, term === undefined ? undefined : `${SOURCE_TYPE_URI}${term}`),
    plain(XMP.aiSystem, aiSystem?.name),
    plain(XMP.aiSystemVersion, aiSystem?.version),
  ].filter((line) => line !== null);
  const namespaces = new Map(Object.values(XMP).map(({ prefix, namespace }) => [prefix, namespace]));
  const declared = [...namespaces].map(([prefix, namespace]) => `xmlns:${prefix}="${namespace}"`).join(' ');
  return [
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${RDF}"><rdf:Description rdf:about="" ${declared}>`,
    ...lines,
    '</rdf:Description></rdf:RDF></x:xmpmeta>',
    '<?xpacket end="r"?>',
  ].join('\n');
}

function plain({ prefix, name }: XmpProperty, value: string | undefined): string | null {
  return value === undefined ? null : `<${prefix}:${name}>${escape(value)}</${prefix}:${name}>`;
}

function list({ prefix, name }: XmpProperty, kind: 'Alt' | 'Seq', value: string | undefined): string | null {
  if (value === undefined) return null;
  const language = kind === 'Alt' ? ' xml:lang="x-default"' : '';
  return `<${prefix}:${name}><rdf:${kind}><rdf:li${language}>${escape(value)}</rdf:li></rdf:${kind}></${prefix}:${name}>`;
}

function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '') // eslint-disable-line no-control-regex -- XML 1.0 cannot say them
    .replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}
