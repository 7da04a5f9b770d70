import type { ReadManifest } from '../manifest.reader.js';
import type { Check } from '../report.types.js';
import { isManifestOfTiff } from '../tiff.manifest.js';
import { failures, mentioned, succeeded } from '../status.codes.js';

const EXTRA_EXCLUSIONS = 'assertion.dataHash.additionalExclusionsPresent';
const HARD_BINDING = /^assertion\.(dataHash|bmffHash|boxesHash|collectionHash|multiAssetHash)\.match$/;

/** Whether the file's bytes and the manifest's statements are those that were signed. */
export function checkContent({ results, exclusions }: ReadManifest, bytes: Uint8Array): Check {
  const bad = failures(results, 'content');
  if (bad.length > 0) {
    const statements = bad.every((code) => code.startsWith('assertion.hashedURI'));
    const what = statements
      ? 'A statement in the manifest was changed'
      : "The file's content was changed, or the manifest belongs to another file,";
    return { name: 'content', outcome: 'bad', words: `${what} after it was signed.`, codes: bad };
  }
  if (mentioned(results, EXTRA_EXCLUSIONS) && !isManifestOfTiff(bytes, exclusions)) {
    return {
      name: 'content',
      outcome: 'unknown',
      words:
        'Not fully bound: beside the manifest itself, other parts of the file are left out of the signature and can be changed without a trace.',
      codes: [EXTRA_EXCLUSIONS],
    };
  }
  const bound = results.success.find(({ code }) => HARD_BINDING.test(code));
  if (!bound || !succeeded(results, /^assertion\.hashedURI\.match$/)) {
    return { name: 'content', outcome: 'unknown', words: "Nothing in the manifest was found to bind the file's content.", codes: [] };
  }
  return {
    name: 'content',
    outcome: 'good',
    words: "The file's content and the manifest's statements are those that were signed.",
    codes: [bound.code],
  };
}
