import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { Fault } from '@imprimatur/kernel';

/** What a kernel takes as the name of a socket: 108 bytes with the zero on Linux, 104 on macOS. */
const PATH_BYTES_MAX = 103;
const OTHERS_WRITE = 0o022;
const PROBE_TIMEOUT_MS = 2_000;

export interface SocketWish {
  readonly path: string;
  /** The group of this process may connect, too: 0660 in 0710, otherwise 0600 in 0700. */
  readonly groupAccess: boolean;
}

/**
 * Listens on a Unix socket that nobody else may open. A socket that was left behind is replaced. Throws Faults SIGNER_RUNNING (somebody answers there),
 * SIGNER_SOCKET_PATH (too long, or another file is there) and SIGNER_SOCKET_EXPOSED (others may write to its folder, and so put theirs in its place).
 */
export async function listenOn(server: Server, { path, groupAccess }: SocketWish): Promise<void> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX)
    throw wrong('SIGNER_SOCKET_PATH', `${path} is too long for a socket: give --socket a shorter one`);
  prepareFolder(dirname(path), groupAccess);
  await removeStale(path);
  // made with its mode: between the two there would be a moment in which anybody may connect
  const mask = process.umask(groupAccess ? 0o117 : 0o177);
  try {
    await new Promise<void>((ready, failed) => {
      server.once('error', failed);
      server.listen(path, ready);
    });
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'EADDRINUSE' ? running(path) : cause;
  } finally {
    process.umask(mask);
  }
}

/** Ends what is under way in good order; Node removes the socket. */
export function close(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), PROBE_TIMEOUT_MS).unref();
  });
}

function prepareFolder(folder: string, groupAccess: boolean): void {
  const made = mkdirSync(folder, { recursive: true, mode: groupAccess ? 0o710 : 0o700 });
  if (made !== undefined) chmodSync(folder, groupAccess ? 0o710 : 0o700); // whatever the umask says
  const { mode } = lstatSync(folder);
  if ((mode & OTHERS_WRITE) !== 0)
    throw wrong(
      'SIGNER_SOCKET_EXPOSED',
      `others may write to ${folder}, and put a socket of theirs in the place of this one: chmod go-w it`,
    );
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw wrong('SIGNER_SOCKET_PATH', `${path} is there, and no socket`);
  if (await answers(path)) throw running(path);
  rmSync(path, { force: true });
}

/** Whoever does not answer in time is there all the same. */
function answers(path: string): Promise<boolean> {
  return new Promise((told) => {
    const probe = connect(path);
    const end = (is: boolean): void => {
      probe.destroy();
      told(is);
    };
    probe.setTimeout(PROBE_TIMEOUT_MS, () => end(true));
    probe.once('connect', () => end(true));
    probe.once('error', ({ code }: NodeJS.ErrnoException) => end(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}

function running(path: string): Fault {
  return wrong('SIGNER_RUNNING', `a log signer answers at ${path} already`);
}

function wrong(code: string, message: string): Fault {
  return new Fault({ room: 'signer', code, message, safe: true });
}
