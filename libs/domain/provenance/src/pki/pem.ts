import { Fault, toBase64 } from '@imprimatur/kernel';

/** DER of every certificate in a PEM text, in order. */
export function certificatesOf(pem: string): readonly Uint8Array[] {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map((match) =>
    Buffer.from(match[1] ?? '', 'base64'),
  );
  if (found.length === 0)
    throw new Fault({ room: 'provenance', code: 'PEM_UNREADABLE', message: 'no certificate in a PEM file that must hold one', safe: true });
  return found;
}

export function toPem(label: 'CERTIFICATE' | 'PRIVATE KEY', der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${(toBase64(der).match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
}
