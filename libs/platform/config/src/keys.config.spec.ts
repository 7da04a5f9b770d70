import { loadConfig } from './config';

const KMS = {
  IMPRIMATUR_KEY_PROVIDER: 'kms',
  IMPRIMATUR_KMS_KEY: 'arn:aws:kms:eu-central-1:111122223333:key/current',
  IMPRIMATUR_KMS_ACCESS_KEY_ID: 'id',
  IMPRIMATUR_KMS_SECRET_ACCESS_KEY: 'secret',
};

describe('the key provider’s settings', () => {
  it.each(['https://kms.example', 'http://127.0.0.1:4566', 'http://localhost:4566', 'http://[::1]:4566'])(
    'take %s as an endpoint',
    (url) => {
      expect(loadConfig({ ...KMS, IMPRIMATUR_KMS_ENDPOINT: url }).keys).toMatchObject({ provider: 'kms', endpoint: url });
    },
  );

  it('take the region’s own endpoint where none is named', () => {
    expect(loadConfig(KMS).keys).toMatchObject({ region: 'eu-central-1', endpoint: 'https://kms.eu-central-1.amazonaws.com' });
  });

  it.each(['http://kms.example', 'http://10.0.0.7', 'file:///kms', 'kms'])('refuse %s, where keys would go in clear or nowhere', (url) => {
    expect(() => loadConfig({ ...KMS, IMPRIMATUR_KMS_ENDPOINT: url })).toThrow(/IMPRIMATUR_KMS_ENDPOINT/);
  });

  it.each(['IMPRIMATUR_KMS_KEY', 'IMPRIMATUR_KMS_ACCESS_KEY_ID', 'IMPRIMATUR_KMS_SECRET_ACCESS_KEY'])(
    'name %s where it is missing',
    (name) => {
      expect(() => loadConfig({ ...KMS, [name]: undefined })).toThrow(name);
    },
  );
});
