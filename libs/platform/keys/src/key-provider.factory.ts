import { join } from 'node:path';
import type { Config } from '@imprimatur/platform/config';
import { AwsKmsClient } from './aws.kms-client.js';
import { FileKeyProvider } from './file.key-provider.js';
import type { KeyLock, KeyProvider } from './key-provider.js';
import { KmsKeyProvider } from './kms.key-provider.js';
import { Pkcs11KeyProvider } from './pkcs11.key-provider.js';

/** The provider that `IMPRIMATUR_KEY_PROVIDER` names. `lock` holds across every process of the installation. */
export function keyProviderOf({ home, keys }: Config, lock: KeyLock): KeyProvider {
  switch (keys.provider) {
    case 'file':
      return new FileKeyProvider(join(home, 'keys', 'master.key'));
    case 'pkcs11':
      return new Pkcs11KeyProvider(keys, lock);
    case 'kms': {
      const { endpoint, region, credentials, current, former } = keys;
      return new KmsKeyProvider(new AwsKmsClient({ endpoint, region, credentials: async () => credentials }), { current, former });
    }
  }
}
