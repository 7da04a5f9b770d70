import type { AssertionKind } from './assertion.types.js';

/** Whether machines may learn from the picture, as its rights record says. The record speaks of training only, so nothing else is told. */
export const trainingMining: AssertionKind = {
  label: 'cawg.training-mining',
  attribution: 'gathered',
  build: ({ aiTraining }) => {
    if (aiTraining === 'unspecified') return [];
    const entry = { use: aiTraining === 'allowed' ? 'allowed' : 'notAllowed' };
    return [{ entries: { 'cawg.ai_training': entry, 'cawg.ai_generative_training': entry } }];
  },
};
