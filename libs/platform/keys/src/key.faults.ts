import { Fault } from '@imprimatur/kernel';

export function keyUnknown(keyId: string): Fault {
  return new Fault({ room: 'keys', code: 'KEY_UNKNOWN', message: `no wrapping key ${keyId} here` });
}

export function sealBroken(cause: unknown): Fault {
  return new Fault({
    room: 'keys',
    code: 'SEAL_BROKEN',
    message: 'sealed bytes do not open: changed, or sealed under another key',
    cause,
  });
}

/** The provider is away, full or locked; the same call may succeed later. */
export function providerUnavailable(message: string, cause?: unknown): Fault {
  return new Fault({ room: 'keys', code: 'KEY_PROVIDER_UNAVAILABLE', message, retryable: true, cause });
}

/** The provider says no, and will again: wrong credentials, wrong settings, a disabled key. */
export function providerRefused(message: string, cause?: unknown): Fault {
  return new Fault({ room: 'keys', code: 'KEY_PROVIDER_REFUSED', message, safe: true, cause });
}
