/** Injection token. Null outside development mode: then there is no key, and no token of it is ever believed. */
export const DEVELOPMENT_SIGNER = Symbol('DevelopmentSigner');
