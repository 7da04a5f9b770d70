export { PoliciesModule } from './policy.module.js';
export { PolicyEngine } from './policy.engine.js';
export { readBundleFolder } from './policy.folder.js';
export { PolicyRepository } from './policy.repository.js';
export { PolicyService, STARTER_FOLDER } from './policy.service.js';
export type { PolicyRefusal } from './policy.refusals.js';
export type { ActivePolicy, BundleState, ReadyPolicy, Slice, StoredBundle, UnusablePolicy } from './policy.types.js';
