import { Fault } from '@imprimatur/kernel';

const fault = (code: string, message: string, retryable: boolean, cause?: unknown): Fault =>
  new Fault({ room: 'moderation', code, message, retryable, ...(cause === undefined ? {} : { cause }) });

/** Down, slow or busy: the same call may succeed later. */
export function moderatorUnavailable(name: string, why: string, cause?: unknown): Fault {
  return fault('MODERATOR_UNAVAILABLE', `the moderator ${name} ${why}`, true, cause);
}

/** It answers, and not us: a key, a permission, an address that is wrong. */
export function moderatorRefused(name: string, why: string): Fault {
  return fault('MODERATOR_REFUSED', `the moderator ${name} ${why}`, false);
}

/** It does not judge this very prompt or picture; others it may. */
export function contentRefused(name: string, why: string): Fault {
  return fault('MODERATOR_CONTENT_REFUSED', `the moderator ${name} ${why}`, false);
}

/** An answer that is none. */
export function moderatorWrong(name: string, why: string): Fault {
  return fault('MODERATOR_WRONG', `the moderator ${name} ${why}`, false);
}

/** Failed too often just now, and is left alone for a while. */
export function circuitOpen(name: string): Fault {
  return fault('MODERATOR_CIRCUIT_OPEN', `the moderator ${name} failed too often and is not asked for a while`, true);
}
