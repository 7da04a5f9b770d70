import type { XmpProperty } from './xmp.reader.js';

const property =
  (namespace: string, prefix: string) =>
  (name: string): XmpProperty => ({ namespace, prefix, name });

const dc = property('http://purl.org/dc/elements/1.1/', 'dc');
const photoshop = property('http://ns.adobe.com/photoshop/1.0/', 'photoshop');
const xmpRights = property('http://ns.adobe.com/xap/1.0/rights/', 'xmpRights');
const iptcExt = property('http://iptc.org/std/Iptc4xmpExt/2008-02-29/', 'Iptc4xmpExt');
const plus = property('http://ns.useplus.org/ldf/xmp/1.0/', 'plus');

/** The properties of the IPTC Photo Metadata Standard that we read and write. */
export const XMP = {
  creator: dc('creator'),
  copyright: dc('rights'),
  description: dc('description'),
  credit: photoshop('Credit'),
  usageTerms: xmpRights('UsageTerms'),
  digitalSourceType: iptcExt('DigitalSourceType'),
  aiSystem: iptcExt('AISystemUsed'),
  aiSystemVersion: iptcExt('AISystemVersionUsed'),
  dataMining: plus('DataMining'),
} as const;

/** Terms of the IPTC vocabulary are written as URIs. */
export const SOURCE_TYPE_URI = 'http://cv.iptc.org/newscodes/digitalsourcetype/';
