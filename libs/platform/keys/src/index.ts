export { KEY_PROVIDER, type KeyProvider, type WrappedKey } from './key-provider.js';
export { FileKeyProvider } from './file.key-provider.js';
export { open, seal } from './seal.js';
