export { TrailFlow, type AssetHistory, type LineageMember, type LineageRelation } from './trail.flow.js';
export { TrailFlowModule } from './trail.flow.module.js';
