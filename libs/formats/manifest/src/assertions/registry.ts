import type { AssertionKind } from './assertion.types.js';
import { actions } from './c2pa.actions.v2.assertion.js';
import { aiDisclosure } from './c2pa.ai-disclosure.assertion.js';
import { softBinding } from './c2pa.soft-binding.assertion.js';
import { trainingMining } from './cawg.training-mining.assertion.js';
import { governance } from './org.imprimatur.governance.assertion.js';

/** Every kind of assertion an export may carry, in the order in which they are written: a new one gets its row here. */
export const ASSERTIONS: readonly AssertionKind[] = [actions, governance, trainingMining, aiDisclosure, softBinding];
