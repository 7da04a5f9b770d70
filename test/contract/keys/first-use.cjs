// A process that wraps for the tenants it is told, each for the first time, the moment it is told to.
const { keyLock } = require('../../../dist/libs/domain/ledger/src/index.js');
const { Pkcs11KeyProvider } = require('../../../dist/libs/platform/keys/src/index.js');

process.once('message', async ({ settings, databaseUrl, tenants }) => {
  const keys = new Pkcs11KeyProvider(settings, keyLock(databaseUrl));
  await keys.currentKeyId(tenants[0]); // logged in
  process.send('ready');
  process.once('message', async () => {
    const wrapped = await Promise.all(tenants.slice(1).map((tenant) => keys.wrap(tenant, Buffer.alloc(32, 7), Buffer.from('first use'))));
    process.send(wrapped.map(({ keyId, bytes }) => ({ keyId, bytes: Buffer.from(bytes).toString('base64') })));
    await keys.close();
    process.disconnect();
  });
});
