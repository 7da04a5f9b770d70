export { KEY_PROVIDER, type KeyLock, type KeyProvider, type WrappedKey } from './key-provider.js';
export { AwsKmsClient, type AwsCredentials, type AwsKmsSettings } from './aws.kms-client.js';
export { FileKeyProvider } from './file.key-provider.js';
export { keyProviderOf } from './key-provider.factory.js';
export { KmsKeyProvider, type EncryptionContext, type KmsClient, type KmsKeys, type KmsOptions } from './kms.key-provider.js';
export { Pkcs11KeyProvider } from './pkcs11.key-provider.js';
export { open, seal } from './seal.js';
