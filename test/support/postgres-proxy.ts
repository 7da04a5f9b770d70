import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A statement as it travels: its text, and the name under which the connection prepared it, '' where it did not. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** before: the statement never reaches the server. after: the server did it and answered, and the client does not hear of it. */
export type CutAt = 'before' | 'after';

interface Cut {
  readonly at: CutAt;
  readonly isMeant: (statement: Statement) => boolean;
  readonly done: () => void;
}

const LENGTH_BYTES = 4;
const READY_FOR_QUERY = 'Z';

/** Stands between clients and PostgreSQL, forwards every byte, and cuts one connection at one statement when it is told to. */
export class PostgresProxy {
  private readonly sockets = new Set<Socket>();
  private armed: Cut | undefined;

  private constructor(
    private readonly server: Server,
    /** Of the server behind it; it may move. */
    public targetPort: number,
  ) {}

  static async start(target: string): Promise<PostgresProxy> {
    const server = createServer();
    const proxy = new PostgresProxy(server, Number(new URL(target).port));
    server.on('connection', (client) => proxy.serve(client));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return proxy;
  }

  /** The same database and role as `target`, through this proxy. */
  url(target: string): string {
    const changed = new URL(target);
    changed.hostname = '127.0.0.1';
    changed.port = String((this.server.address() as AddressInfo).port);
    return changed.toString();
  }

  /** Whether a cut is still to come. */
  get isArmed(): boolean {
    return this.armed !== undefined;
  }

  /** Arms it for the next statement that `isMeant`; resolves when the connection was cut. */
  cut(at: CutAt, isMeant: (statement: Statement) => boolean): Promise<void> {
    return new Promise((done) => (this.armed = { at, isMeant, done }));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((stopped) => this.server.close(stopped));
  }

  /** The cut that this statement was meant by; it is one statement's only. */
  private take(statement: Statement): Cut | undefined {
    const { armed } = this;
    if (!armed?.isMeant(statement)) return undefined;
    this.armed = undefined;
    return armed;
  }

  private serve(client: Socket): void {
    const upstream = connect(this.targetPort, '127.0.0.1');
    const both = [client, upstream];
    const hangUp = (): void => both.forEach((socket) => socket.destroy());
    for (const socket of both) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', hangUp);
      socket.on('close', () => {
        this.sockets.delete(socket);
        hangUp();
      });
    }
    const conversation = new Conversation((statement) => this.take(statement));
    const obey = ({ forward, cut }: Heard, to: Socket): void => {
      if (forward.length > 0) to.write(forward);
      if (!cut) return;
      hangUp();
      cut.done();
    };
    client.on('data', (bytes) => obey(conversation.fromClient(bytes), upstream));
    upstream.on('data', (bytes) => obey(conversation.fromServer(bytes), client));
  }
}

/** What of the bytes goes on, and the cut that is due now. */
interface Heard {
  readonly forward: Buffer;
  readonly cut?: Cut;
}

/** Reads both directions of one connection, message by message (PostgreSQL's protocol 3, one query at a time, as `pg` speaks it). */
class Conversation {
  private readonly prepared = new Map<string, string>();
  private readonly client = new Messages(true);
  private readonly server = new Messages(false);
  private withholding: Cut | undefined;

  constructor(private readonly take: (statement: Statement) => Cut | undefined) {}

  fromClient(bytes: Buffer): Heard {
    const forward: Buffer[] = [];
    for (const message of this.client.read(bytes)) {
      const statement = this.statementIn(message);
      const cut = statement ? this.take(statement) : undefined;
      if (cut?.at === 'before') return { forward: Buffer.concat(forward), cut };
      if (cut) this.withholding = cut;
      forward.push(message.bytes);
    }
    return { forward: Buffer.concat(forward) };
  }

  fromServer(bytes: Buffer): Heard {
    const forward: Buffer[] = [];
    for (const message of this.server.read(bytes)) {
      if (this.withholding === undefined) forward.push(message.bytes);
      else if (message.type === READY_FOR_QUERY) return { forward: Buffer.concat(forward), cut: this.withholding };
    }
    return { forward: Buffer.concat(forward) };
  }

  /** Query says its text; Parse names one, and Bind says which of those is about to run. */
  private statementIn({ type, bytes }: Message): Statement | null {
    const body = bytes.subarray(1 + LENGTH_BYTES);
    if (type === 'Q') return { name: '', text: textAt(body, 0) };
    if (type === 'P') {
      const name = textAt(body, 0);
      const text = textAt(body, Buffer.byteLength(name) + 1);
      this.prepared.set(name, text);
      return { name, text };
    }
    if (type !== 'B') return null;
    const name = textAt(body, Buffer.byteLength(textAt(body, 0)) + 1);
    return { name, text: this.prepared.get(name) ?? '' };
  }
}

interface Message {
  /** '' of the first message of a client, which has none. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** Cuts a stream into whole messages. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private isFirst: boolean) {}

  read(bytes: Buffer): readonly Message[] {
    this.rest = Buffer.concat([this.rest, bytes]);
    const whole: Message[] = [];
    for (;;) {
      const typeBytes = this.isFirst ? 0 : 1;
      if (this.rest.length < typeBytes + LENGTH_BYTES) return whole;
      const end = typeBytes + this.rest.readInt32BE(typeBytes);
      if (this.rest.length < end) return whole;
      whole.push({ type: this.rest.toString('latin1', 0, typeBytes), bytes: this.rest.subarray(0, end) });
      this.rest = this.rest.subarray(end);
      this.isFirst = false;
    }
  }
}

/** A text that ends with a zero byte. */
function textAt(bytes: Buffer, at: number): string {
  return bytes.toString('utf8', at, bytes.indexOf(0, at));
}
