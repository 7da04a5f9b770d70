export { TenantFlow } from './tenant.flow.js';
export { TenantFlowModule } from './tenant.flow.module.js';
