// COPY in PostgreSQL's binary format, straight from memory.
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const CHUNK_BYTES = 1 << 20;
const EPOCH_MS = 946_684_800_000;

export const uuid = (text) => Buffer.from(text.replaceAll('-', ''), 'hex');
export const text = (value) => Buffer.from(value);
export const bigint = (value) => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
export const smallint = (value) => {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
};
export const timestamp = (value) => bigint((value.getTime() - EPOCH_MS) * 1_000);

/** One open COPY; `row` takes fields as the functions above make them, null for none. Await what it answers: it waits for the socket. */
export async function openCopy(client, statement) {
  const copy = new Copy(statement);
  client.query(copy);
  await copy.started;
  return copy;
}

/** What pg calls a query object of one's own. */
class Copy {
  constructor(statement) {
    this.statement = statement;
    this.started = new Promise((resolve, reject) => Object.assign(this, { begin: resolve, failBegin: reject }));
    this.ended = new Promise((resolve, reject) => Object.assign(this, { finish: resolve, fail: reject }));
    this.ended.catch(() => undefined); // `end` hears of it
    const header = Buffer.alloc(SIGNATURE.length + 8);
    SIGNATURE.copy(header);
    this.waiting = [header];
    this.bytes = header.length;
  }

  submit(connection) {
    this.connection = connection;
    connection.query(this.statement);
  }

  handleCopyInResponse() {
    this.begin();
  }

  handleCommandComplete() {}

  handleReadyForQuery() {
    this.finish();
  }

  handleError(error) {
    this.failBegin(error);
    this.fail(error);
  }

  async row(fields) {
    const size = fields.reduce((sum, field) => sum + 4 + (field?.length ?? 0), 2);
    const bytes = Buffer.allocUnsafe(size);
    let at = bytes.writeInt16BE(fields.length, 0);
    for (const field of fields) {
      at = bytes.writeInt32BE(field?.length ?? -1, at);
      if (field) {
        bytes.set(field, at);
        at += field.length;
      }
    }
    this.waiting.push(bytes);
    this.bytes += size;
    if (this.bytes >= CHUNK_BYTES) await this.flush();
  }

  async flush() {
    this.connection.sendCopyFromChunk(Buffer.concat(this.waiting));
    this.waiting = [];
    this.bytes = 0;
    const { stream } = this.connection;
    if (stream.writableNeedDrain) await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), this.ended]);
  }

  async end() {
    const trailer = Buffer.alloc(2);
    trailer.writeInt16BE(-1);
    this.waiting.push(trailer);
    await this.flush();
    this.connection.endCopyFrom();
    await this.ended;
  }
}
