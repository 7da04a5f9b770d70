import type { ReadManifest } from '../manifest.reader.js';
import type { Check } from '../report.types.js';
import { mentioned, succeeded } from '../status.codes.js';
import { DEVELOPMENT_CA_MARK } from '../vocabulary.js';
import { named } from './signature.check.js';

/** By whom, if by anybody, it is shown when the manifest was signed. */
export function checkTime({ results, timestamp, signer }: ReadManifest): Check {
  for (const code of ['timeStamp.mismatch', 'timeStamp.malformed']) {
    if (mentioned(results, code))
      return { name: 'time', outcome: 'bad', words: 'The time stamp is not one of this signature.', codes: [code] };
  }
  if (timestamp === null || !succeeded(results, /^timeStamp\.validated$/)) {
    return { name: 'time', outcome: 'unknown', words: 'No time stamp: when it was signed is not shown.', codes: [] };
  }
  // for claims of the first version the engine lets any authority pass, and says so only in its explanation
  if (!results.success.some(({ code, explanation }) => code === 'timeStamp.trusted' && !explanation.startsWith('legacy'))) {
    const words = `Stamped ${timestamp.at} by ${named(timestamp.subject)}, whom the trust anchors given to this check do not know.`;
    return { name: 'time', outcome: 'unknown', words, codes: ['timeStamp.validated'] };
  }
  const ours =
    timestamp.issuer.commonName.startsWith(DEVELOPMENT_CA_MARK) ||
    (timestamp.subject.organisation !== '' && timestamp.subject.organisation === signer?.subject.organisation);
  const words = ours
    ? `Self-asserted time: ${timestamp.at}, stamped by the signer's own authority; no independent witness stands behind it.`
    : `Signed not later than ${timestamp.at}, as ${named(timestamp.subject)} stamped it.`;
  return { name: 'time', outcome: 'good', words, codes: ['timeStamp.validated', 'timeStamp.trusted'] };
}
