import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { notFound } from '@imprimatur/kernel';
import type { Request, Response } from 'express';
import { RefusedException } from '../door/index.js';

/** Points of one file: a client that walks a log asks for two for each 256 entries. */
export const FILE_POINTS = 1;

const compress = promisify(gzip);
/** Below this, compressing costs more than it saves. */
const COMPRESSED_FROM = 1_024;
const YEAR_S = 31_536_000;
const PARTIAL_S = 300;

/** `tile/...` of the path that a wildcard matched. */
export function fileName(path: string | readonly string[]): string {
  return typeof path === 'string' ? path : path.join('/');
}

/** Whose caches may keep it: anybody's, or only those of whoever asked. */
export type CacheScope = 'public' | 'private';

/**
 * A full tile at its path never changes. Nor does a partial one, but soon there is a fuller one instead, so nobody should keep it long. The
 * checkpoint always may have changed.
 */
function cacheControl(name: string, scope: CacheScope): string {
  if (!name.startsWith('tile/')) return `${scope}, no-cache`;
  return name.includes('.p/') ? `${scope}, max-age=${PARTIAL_S}` : `${scope}, max-age=${YEAR_S}, immutable`;
}

/** Answers with one file of a log, byte for byte; bundles of entries go compressed to clients that take that. Null: 404. */
export async function sendLogFile(
  request: Request,
  response: Response,
  file: { readonly name: string; readonly bytes: Uint8Array | null; readonly scope: CacheScope },
): Promise<void> {
  const { name, bytes, scope } = file;
  if (!bytes) throw new RefusedException(notFound('file of the log'));
  const isTile = name.startsWith('tile/');
  response.setHeader('content-type', isTile ? 'application/octet-stream' : 'text/plain; charset=utf-8');
  response.setHeader('cache-control', cacheControl(name, scope));
  if (!name.startsWith('tile/entries/')) return void response.end(Buffer.from(bytes));
  response.setHeader('vary', 'accept-encoding');
  if (bytes.length < COMPRESSED_FROM || request.acceptsEncodings('gzip', 'identity') !== 'gzip')
    return void response.end(Buffer.from(bytes));
  response.setHeader('content-encoding', 'gzip');
  response.end(await compress(bytes));
}
