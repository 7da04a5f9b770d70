import type { CertificateNames, ReadManifest } from '../manifest.reader.js';
import type { Check } from '../report.types.js';
import { failures, mentioned, succeeded } from '../status.codes.js';

/** Whether the claim is what its signer signed. Who the signer is, is another check. */
export function checkSignature({ results, signer }: ReadManifest): Check {
  const bad = failures(results, 'signature');
  const outsideOnly = bad.every((code) => code === 'claimSignature.outsideValidity');
  if (bad.length > 0 && outsideOnly && !mentioned(results, 'timeStamp.validated')) {
    return {
      name: 'signature',
      outcome: 'unknown',
      words: 'The certificate is not valid today, and no time stamp shows whether it was when the manifest was signed.',
      codes: bad,
    };
  }
  if (bad.length > 0) {
    return {
      name: 'signature',
      outcome: 'bad',
      words: 'The manifest is not what its signer signed, or was not signed in a valid way.',
      codes: bad,
    };
  }
  if (!succeeded(results, /^claimSignature\.validated$/)) {
    return { name: 'signature', outcome: 'unknown', words: 'The signature was not validated.', codes: [] };
  }
  return {
    name: 'signature',
    outcome: 'good',
    words: `The manifest is unchanged since ${named(signer?.subject)} signed it.`,
    codes: ['claimSignature.validated'],
  };
}

/** `Common Name (Organisation)`; what a certificate says of itself. */
export function named(names: CertificateNames | undefined): string {
  if (!names || (names.commonName === '' && names.organisation === '')) return 'a signer without a name';
  if (names.commonName === '') return names.organisation;
  return names.organisation === '' ? names.commonName : `${names.commonName} (${names.organisation})`;
}
