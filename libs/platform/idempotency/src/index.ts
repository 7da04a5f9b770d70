export { idempotently, requestDigest, type IdempotencyRefusal, type IdempotentRequest } from './idempotency.js';
export { sweepExpired } from './idempotency.repository.js';
