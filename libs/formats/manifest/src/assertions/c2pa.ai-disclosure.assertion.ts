import type { AssertionKind } from './assertion.types.js';

/** One per model that took part; none for a picture that no model touched. */
export const aiDisclosure: AssertionKind = {
  label: 'c2pa.ai-disclosure',
  attribution: 'created',
  build: ({ aiDisclosures }) =>
    aiDisclosures.map(({ modelName, modelIdentifier, humanOversightLevel }) => ({
      modelType: 'c2pa.types.model',
      modelName,
      modelIdentifier,
      contentProfile: { humanOversightLevel },
    })),
};
