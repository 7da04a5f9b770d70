export { idempotently, requestDigest, type IdempotencyRefusal, type IdempotentRequest } from './idempotency.js';
export { sweepExpired } from './idempotency.repository.js';
export { findRequests, forgetRequests, type RequestsOf } from './request.copies.repository.js';
