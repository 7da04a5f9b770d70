import type { Check, VerificationReport } from '@imprimatur/formats/manifest';
import { z } from 'zod';

const TIMEOUT_MS = 10_000;
const answer = z.object({ status: z.enum(['valid', 'flagged', 'withdrawn']), since: z.string().nullable(), checkedAt: z.string() });

/** What the service that is named says of the file's export now. Never throws: what cannot be asked is not known. */
export async function statusOf({ manifest, outcome }: VerificationReport, service: string): Promise<Check> {
  // what a forged file says of itself is no question to ask
  if (outcome === 'bad') return unknown('The service was not asked: the file is bad.', 'status.not-asked');
  if (!manifest?.exportId) return unknown('The file names no export that could be asked for.', 'status.no-export');
  try {
    const response = await fetch(`${service}/exports/${encodeURIComponent(manifest.exportId)}/status`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (response.status === 404) return unknown(`${service} knows no such export.`, 'status.unknown-export');
    const read = answer.safeParse(await response.json().catch(() => null));
    return response.ok && read.success ? told(read.data) : unknown(`${service} did not answer as this service does.`, 'status.no-answer');
  } catch (error) {
    const why = error instanceof Error && error.name === 'TimeoutError' ? `no answer in ${TIMEOUT_MS / 1000} seconds` : 'no connection';
    return unknown(`${service} could not be asked (${why}).`, 'status.no-answer');
  }
}

function told({ status, since, checkedAt }: z.infer<typeof answer>): Check {
  if (status === 'valid')
    return { name: 'status', outcome: 'good', words: `The service says that it stands, at ${checkedAt}.`, codes: ['status.valid'] };
  const words =
    status === 'withdrawn'
      ? `The right to the picture was withdrawn${since === null ? '' : ` on ${since}`}: it is not to be used any more.`
      : `The service has flagged it${since === null ? '' : ` on ${since}`}: ask its publisher before you use it.`;
  return { name: 'status', outcome: 'bad', words, codes: [`status.${status}`] };
}

function unknown(words: string, code: string): Check {
  return { name: 'status', outcome: 'unknown', words, codes: [code] };
}
