import { assert, type JsonObject } from '@imprimatur/kernel';
import type { ActionName, ExportManifestInput, ManifestAction, ManifestInception, ManifestTurn } from '../manifest.input.js';
import { digitalSourceUri } from '../vocabulary.js';
import type { AssertionKind } from './assertion.types.js';

/** Actions whose source type may be left out: they change nothing that is seen, or their ingredient says it. */
const WITHOUT_SOURCE_TYPE: readonly ActionName[] = [
  'c2pa.converted',
  'c2pa.edited.metadata',
  'c2pa.enhanced',
  'c2pa.placed',
  'c2pa.resized.proportional',
  'c2pa.transcoded',
  'c2pa.watermarked.bound',
  'c2pa.watermarked.unbound',
];
const WITH_INGREDIENTS: readonly ActionName[] = ['c2pa.placed', 'c2pa.removed'];

/** What was done, in order: the inception first, then each turn, then what the export did. */
export const actions: AssertionKind = {
  label: 'c2pa.actions.v2',
  attribution: 'created',
  build: (input: ExportManifestInput) => [
    {
      allActionsIncluded: input.allActionsIncluded,
      actions: [
        inception(input.inception),
        ...input.turns.flatMap((turn) => turn.actions.map((action) => step(action, turnParameters(turn)))),
        ...input.derivation.map((action) => step(action, {})),
      ],
    },
  ],
};

function inception(began: ManifestInception): JsonObject {
  const { when, softwareAgent } = began;
  if (began.kind === 'created') {
    return {
      action: 'c2pa.created',
      when,
      softwareAgent: { ...softwareAgent },
      digitalSourceType: digitalSourceUri(began.digitalSourceType),
    };
  }
  // no digitalSourceType: what the opened picture is, its own ingredient says
  return { action: 'c2pa.opened', when, softwareAgent: { ...softwareAgent }, parameters: { ingredientIds: [began.ingredient] } };
}

function step(done: ManifestAction, own: JsonObject): JsonObject {
  const { action, when, softwareAgent, digitalSourceType, ingredients = [] } = done;
  assert(digitalSourceType !== undefined || WITHOUT_SOURCE_TYPE.includes(action), `${action} tells its digital source type`);
  assert(ingredients.length > 0 || !WITH_INGREDIENTS.includes(action), `${action} names its ingredients`);
  const parameters: JsonObject = { ...(ingredients.length > 0 ? { ingredientIds: [...ingredients] } : {}), ...own };
  return {
    action,
    when,
    softwareAgent: { ...softwareAgent },
    ...(digitalSourceType === undefined ? {} : { digitalSourceType: digitalSourceUri(digitalSourceType) }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
  };
}

function turnParameters({ id, promptCommitment, maskCommitment }: ManifestTurn): JsonObject {
  return {
    'org.imprimatur.turn': id,
    ...(promptCommitment === undefined ? {} : { 'org.imprimatur.promptCommitment': promptCommitment }),
    ...(maskCommitment === undefined ? {} : { 'org.imprimatur.maskCommitment': maskCommitment }),
  };
}
