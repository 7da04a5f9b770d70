// What the owner of a worker can do beside a log signer of another user: asks it, and tries its files. Prints one JSON object.
const { readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { RemoteLogSigner } = require('../../dist/libs/domain/log-signer/src/index.js');

const [socket, home, origin, size] = process.argv.slice(2);
const codeOf = (act) => {
  try {
    act();
    return 'done';
  } catch (error) {
    return error.code;
  }
};

async function main() {
  const signer = new RemoteLogSigner({ socket, trustFile: join('/nowhere', 'logs.vkey'), timeoutMs: 10_000 });
  const checkpoint = { origin, size: Number(size), root: new Uint8Array(32).fill(9) };
  let asked;
  await signer
    .sign([{ checkpoint, prove: async () => [], signed: () => (asked = 'signed'), refused: ({ code }) => (asked = code) }])
    .catch((error) => (asked = error.code));
  return {
    asked,
    key: codeOf(() => readFileSync(join(home, 'signer', 'log.key'))),
    memory: codeOf(() => readdirSync(join(home, 'signer', 'logs'))),
    forget: codeOf(() => rmSync(join(home, 'signer', 'logs'), { recursive: true })),
    retired: codeOf(() => writeFileSync(join(home, 'signer', 'retired.json'), '{}')),
    socket: codeOf(() => rmSync(socket)),
  };
}

main().then((answer) => process.stdout.write(JSON.stringify(answer)));
