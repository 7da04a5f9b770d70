// Puts objects of one repeated byte, for ever, and tells each name once its put resolved. Killed by its test.
const { randomUUID } = require('node:crypto');
const { FolderBlobStore } = require('../../../dist/libs/platform/blobs/src/index.js');

const [, , root, tenant, sizeBytes] = process.argv;

async function main() {
  const store = new FolderBlobStore(root);
  for (let at = 0; ; at += 1) {
    const name = randomUUID();
    await store.put(tenant, name, Buffer.alloc(Number(sizeBytes), at % 256));
    process.send(name);
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
