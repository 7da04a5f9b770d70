/** OIDs of the element types, as every PostgreSQL has them. */
const OID = { bytea: 17, bigint: 20, smallint: 21, text: 25, timestamptz: 1184, uuid: 2950 } as const;
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
/** 2000-01-01T00:00:00Z, from which PostgreSQL counts its microseconds. */
const EPOCH_MS = 946_684_800_000;

/**
 * One-dimensional arrays in PostgreSQL's binary form. The driver sends a Buffer as it stands, which spares both sides the text of thousands
 * of hashes. The statement must declare the type: `$1::bytea[]`.
 */
export const byteas = (values: readonly Uint8Array[]): Buffer => array(OID.bytea, values);
export const texts = (values: readonly string[]): Buffer =>
  array(
    OID.text,
    values.map((value) => Buffer.from(value, 'utf8')),
  );
export const uuids = (values: readonly string[]): Buffer =>
  array(
    OID.uuid,
    values.map((value) => Buffer.from(value.replaceAll('-', ''), 'hex')),
  );
export const bigints = (values: readonly (number | null)[]): Buffer =>
  array(
    OID.bigint,
    values.map((value) => (value === null ? null : int8(value))),
  );
export const smallints = (values: readonly number[]): Buffer => array(OID.smallint, values.map(int2));
export const timestamps = (values: readonly Date[]): Buffer =>
  array(
    OID.timestamptz,
    values.map((value) => int8((value.getTime() - EPOCH_MS) * 1_000)),
  );

function array(oid: number, elements: readonly (Uint8Array | null)[]): Buffer {
  const size = elements.reduce((sum, element) => sum + LENGTH_BYTES + (element?.length ?? 0), HEADER_BYTES);
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeInt32BE(1, 0); // dimensions
  bytes.writeInt32BE(elements.includes(null) ? 1 : 0, 4);
  bytes.writeInt32BE(oid, 8);
  bytes.writeInt32BE(elements.length, 12);
  bytes.writeInt32BE(1, 16); // lower bound
  let at = HEADER_BYTES;
  for (const element of elements) {
    at = bytes.writeInt32BE(element?.length ?? -1, at);
    if (element) {
      bytes.set(element, at);
      at += element.length;
    }
  }
  return bytes;
}

function int8(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function int2(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
}
