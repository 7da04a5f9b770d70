import { z } from 'zod';

/** An address that secrets or pictures go to. `why` completes "must be https: ...". */
export function endpointSchema(why: string): z.ZodType<string, string> {
  return z.url({ protocol: /^https?$/ }).refine(isPrivateToTheMachine, `must be https: ${why}; http only on this machine`);
}

/** Encrypted, or never on a wire. */
function isPrivateToTheMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
