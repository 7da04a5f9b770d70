import { GOVERNANCE_LABEL, type Governance, governanceFormat } from '../governance.format.js';
import type { AssertionKind } from './assertion.types.js';

/** Which policy was asked, what the gates and people said, and the two receipts that a stranger can check. */
export const governance: AssertionKind = {
  label: GOVERNANCE_LABEL,
  attribution: 'created',
  build: ({ governance: told }) => {
    const { exportId, version, policy, verdicts, consents, approvals, receipts } = told;
    const said = { v: 1, export: exportId, version, policy, verdicts, consents, approvals, receipts };
    // parsing copies exactly the fields of the format: what else the caller's objects carry stays in the house
    const written: Governance = governanceFormat.parse(said);
    return [written];
  },
};
