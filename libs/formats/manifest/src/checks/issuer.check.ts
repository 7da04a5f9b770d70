import type { ReadManifest } from '../manifest.reader.js';
import type { Check } from '../report.types.js';
import { failures, succeeded } from '../status.codes.js';
import { DEVELOPMENT_CA_MARK } from '../vocabulary.js';
import { named } from './signature.check.js';

/** Whether a development CA issued the signer's certificate, by its name: a claim that only ever lessens what is said. */
export function isDevelopmentSigner({ signer }: Pick<ReadManifest, 'signer'>): boolean {
  return signer?.issuer.commonName.startsWith(DEVELOPMENT_CA_MARK) ?? false;
}

/** Whether the signer's certificate leads to one of the anchors that the verifier brought along. */
export function checkIssuer(manifest: ReadManifest): Check {
  const { results, signer } = manifest;
  const isDevelopment = isDevelopmentSigner(manifest);
  if (!succeeded(results, /^signingCredential\.trusted$/)) {
    const words = isDevelopment
      ? 'The issuer is not on the C2PA trust list: it is a development CA, and not among the trust anchors given to this check.'
      : `The issuer, ${named(signer?.issuer)}, is not among the trust anchors given to this check.`;
    return { name: 'issuer', outcome: 'unknown', words, codes: failures(results, 'trust') };
  }
  const words = isDevelopment
    ? 'The issuer is not on the C2PA trust list: it is a development CA that this check was told to trust.'
    : `The certificate of ${named(signer?.issuer)} leads to a trust anchor given to this check.`;
  return { name: 'issuer', outcome: 'good', words, codes: ['signingCredential.trusted'] };
}
