import type { ReadManifest } from '../manifest.reader.js';
import type { Check } from '../report.types.js';
import { failures } from '../status.codes.js';

const CLAIM_VALIDATED = 'claimSignature.validated';

/** Whether the credentials of what the picture was made from were intact when they were added, and still are. */
export function checkIngredients(manifest: ReadManifest): Check {
  const { chain, chainUrns, ingredients, unreadableIngredients } = manifest;
  const bad = [...failures(chain, 'signature'), ...failures(chain, 'content')];
  if (bad.length > 0) {
    return {
      name: 'ingredients',
      outcome: 'bad',
      words: 'The history is broken: credentials of a picture that this one was made from do not hold.',
      codes: bad,
    };
  }
  if (unreadableIngredients > 0) {
    return {
      name: 'ingredients',
      outcome: 'unknown',
      words: 'What it says of pictures it was made from is in a form that cannot be read here.',
      codes: [],
    };
  }
  const unproven = chainUrns.filter((urn) => !chain.success.some(({ code, url }) => code === CLAIM_VALIDATED && url.includes(urn)));
  if (unproven.length > 0) {
    const words = `The signatures of ${unproven.length} of ${chainUrns.length} earlier manifests were not validated by anybody.`;
    return { name: 'ingredients', outcome: 'unknown', words, codes: [] };
  }
  return {
    name: 'ingredients',
    outcome: 'good',
    words: told(ingredients.length, chainUrns.length),
    codes: chainUrns.length > 0 ? [CLAIM_VALIDATED] : [],
  };
}

/** Who signed earlier manifests; null when there are none. An unknown one leaves the picture's own credentials as they are. */
export function checkIngredientIssuers({ chain, chainUrns }: ReadManifest): Check | null {
  if (chainUrns.length === 0) return null;
  const untrusted = failures(chain, 'trust');
  return untrusted.length > 0
    ? {
        name: 'ingredient-issuers',
        outcome: 'unknown',
        words: 'Of earlier manifests, at least one issuer is not among the trust anchors given to this check.',
        codes: untrusted,
      }
    : {
        name: 'ingredient-issuers',
        outcome: 'good',
        words: 'The issuers of earlier manifests lead to trust anchors given to this check, or did when they were added.',
        codes: [],
      };
}

function told(ingredients: number, manifests: number): string {
  if (ingredients === 0) return 'It names no picture that it was made from.';
  const pictures = ingredients === 1 ? 'One picture it was made from is named' : `${ingredients} pictures it was made from are named`;
  if (manifests === 0) return `${pictures}; none came with credentials of its own, so nothing is shown about what was before.`;
  return `${pictures}; the ${manifests === 1 ? 'one earlier manifest is' : `${manifests} earlier manifests are`} intact.`;
}
