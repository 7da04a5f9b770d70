// what a noun of the api needs of the door
export { Caller, Door } from './caller.decorator.js';
export { contextFor, type DoorContext, type DoorRequest } from './door.types.js';
export { bytesOfHex } from './hex.input.js';
export { LiveSource, type Look, onlyNews } from './live.source.js';
export { MutationRunner } from './mutation.runner.js';
export { NodeRegistry } from './node.registry.js';
export { payloadOf, valueOf, valueOrNull } from './refusal.payload.js';
export { type Connection, connectionArgs, isIdKey, isNumberKey, type Page, type PageArgs, toConnection } from './relay.connection.js';
export { RequestLoader } from './request.loader.js';
export { answerOf, RefusedException } from './rest.filter.js';
export { Can, Costs, Public } from './route.marks.js';
