import { lookup as lookupAddress } from 'node:dns';
import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as TlsAgent, request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Fault } from '@imprimatur/kernel';

export interface EgressRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** For the whole exchange, to the last byte of the answer. */
  readonly timeoutMs: number;
  /** A longer answer is a fault, unless `cut`: then nothing more of it is read. */
  readonly bytesMax: number;
  readonly cut?: boolean;
  /** any: an address that the operator configured, which may be the machine itself. public: one that came from a user. */
  readonly reach: 'any' | 'public';
  /** The connection stays open for the next exchange: for a host that is asked again and again. Never for a user's address. */
  readonly keep?: boolean;
}

export interface EgressAnswer {
  readonly status: number;
  /** Lower case, without parameters; empty when there is none. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const PRIVATE = privateAddresses();
/** Connections that wait longer than this for their next exchange are closed. */
const IDLE_MS = 30_000;
const KEPT = { 'http:': new Agent({ keepAlive: true, timeout: IDLE_MS }), 'https:': new TlsAgent({ keepAlive: true, timeout: IDLE_MS }) };

/**
 * One HTTP exchange with the outside. Redirects are not followed: they are answered as they come. Throws Fault EGRESS_REFUSED for an address
 * that may not be reached, and the retryable EGRESS_FAILED for everything that went wrong on the way; a status is never a fault.
 */
export async function exchange(wanted: EgressRequest): Promise<EgressAnswer> {
  const url = urlOf(wanted);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const fail = (cause: unknown): void => reject(cause instanceof Fault ? cause : failed(url, cause));
    const timer = setTimeout(() => outgoing.destroy(new Error(`no whole answer within ${wanted.timeoutMs} ms`)), wanted.timeoutMs);
    const outgoing: ClientRequest = request(
      url,
      {
        method: wanted.method,
        headers: wanted.headers,
        agent: agentOf(url, wanted),
        ...(wanted.reach === 'public' ? { lookup: lookupPublic } : {}),
      },
      (answer) => {
        isAnswered = true;
        void read(answer, wanted).then(resolve, fail);
      },
    );
    outgoing.on('error', fail);
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy();
      fail(new Error('it wants to speak another protocol'));
    });
    outgoing.on('close', () => {
      clearTimeout(timer);
      // whatever else ends a connection without an error or an answer: nobody may wait for it for ever
      if (!isAnswered) fail(new Error('the connection closed without an answer'));
    });
    outgoing.end(wanted.body);
  });
}

function agentOf({ protocol }: URL, { keep, reach }: EgressRequest): Agent | false {
  return keep === true && reach === 'any' ? KEPT[protocol === 'https:' ? 'https:' : 'http:'] : false;
}

async function read(answer: IncomingMessage, { bytesMax, cut }: EgressRequest): Promise<EgressAnswer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > bytesMax) {
      answer.destroy();
      chunks.push(chunk.subarray(0, chunk.length - (length - bytesMax)));
      if (cut === true) break;
      throw new Error(`the answer is longer than ${bytesMax} bytes`);
    }
    chunks.push(chunk);
  }
  const contentType = (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return { status: answer.statusCode ?? 0, contentType, bytes: Buffer.concat(chunks) };
}

function urlOf({ url, reach }: EgressRequest): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) throw refused('only http and https addresses are reached');
  const literal = parsed.hostname.replace(/^\[|\]$/g, '');
  if (reach === 'public' && isIP(literal) !== 0 && isPrivate(literal)) throw refused(`${literal} is not a public address`);
  return parsed;
}

/** Looks at the address that is really connected to, so that a name cannot answer one address to the check and another to the socket. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookupAddress(hostname, { ...options, all: true }, (error, addresses) => {
    const wrong = error ? undefined : addresses.find(({ address }) => isPrivate(address));
    if (error || wrong) return callback(error ?? refused(`${hostname} leads to an address that is not public`), '', 0);
    const [first] = addresses;
    if (options.all) return (callback as unknown as (error: null, all: typeof addresses) => void)(null, addresses);
    return callback(null, first?.address ?? '', first?.family ?? 0);
  });
};

function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Everything that RFC 6890 does not call global. */
function privateAddresses(): BlockList {
  const list = new BlockList();
  const v4 = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'];
  const more = ['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'];
  const v6 = [
    '::/128',
    '::1/128',
    '::ffff:0:0/96',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
  ];
  for (const range of [...v4, ...more]) addRange(list, range, 'ipv4');
  for (const range of [...v6, 'fc00::/7', 'fe80::/10', 'ff00::/8']) addRange(list, range, 'ipv6');
  return list;
}

function addRange(list: BlockList, range: string, family: 'ipv4' | 'ipv6'): void {
  const [network = '', bits = ''] = range.split('/');
  list.addSubnet(network, Number(bits), family);
}

function refused(message: string): Fault {
  return new Fault({ room: 'egress', code: 'EGRESS_REFUSED', message });
}

function failed(url: URL, cause: unknown): Fault {
  return new Fault({ room: 'egress', code: 'EGRESS_FAILED', message: `${url.host} did not answer`, retryable: true, cause });
}
