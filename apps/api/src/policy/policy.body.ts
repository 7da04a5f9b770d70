import type { Request } from 'express';
import { z } from 'zod';

const TYPE = 'application/vnd.imprimatur.policy-bundle+json';
const PATHS_MAX = 500;
const format = z.strictObject({
  files: z.record(z.string().min(1).max(200), z.string()).refine((files) => Object.keys(files).length <= PATHS_MAX),
});

export const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** Text by path; or why the body is none: `type` it says it is something else, `size`, `form`. */
export type PolicyBody = { readonly files: Readonly<Record<string, string>> } | { readonly problem: 'type' | 'size' | 'form' };

/** Reads the body of `POST /policy-bundles`; the body parser leaves it alone, because its media type is its own. */
export async function readPolicyBody(request: Request): Promise<PolicyBody> {
  if (!request.is(TYPE) || request.headers['content-encoding'] !== undefined) return { problem: 'type' };
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return { problem: 'size' };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return { problem: 'size' };
    chunks.push(chunk);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    const parsed = format.safeParse(JSON.parse(text));
    return parsed.success ? { files: parsed.data.files } : { problem: 'form' };
  } catch {
    return { problem: 'form' };
  }
}
