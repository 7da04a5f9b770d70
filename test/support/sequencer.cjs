// A sequencer in a process of its own, to be killed, with callers of stand-alone entries beside it. Told everything by one message.
const { GroupCommit, Sequencer } = require('../../dist/libs/domain/ledger/src/index.js');
const { LocalLogSigner } = require('../../dist/libs/domain/log-signer/src/index.js');
const { systemContext } = require('../../dist/libs/kernel/src/index.js');
const { join } = require('node:path');

const RETRY_MS = 20;

async function run({ url, home, tenant, name, callers }) {
  const signer = new LocalLogSigner(join(home, 'signer'), join(home, 'trust', 'logs.vkey'));
  const report = (error) => process.send({ fault: String(error) });
  const sequencer = new Sequencer({ url, signer, logName: 'imprimatur.test', report });
  await sequencer.start();
  const group = new GroupCommit(sequencer); // events without parts need neither keys nor a transaction
  const call = async (caller) => {
    for (let n = 0; ; n += 1) {
      const marker = `${name}/${caller}/${n}`;
      try {
        const { index } = await group.append(systemContext(tenant, 'load'), { type: 'test.happened', about: [], facts: { marker } });
        process.send({ marker, outcome: 'done', index });
      } catch {
        process.send({ marker, outcome: 'failed' });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };
  process.send({ ready: true });
  for (let caller = 0; caller < callers; caller += 1) void call(caller);
}

process.once('message', (order) => {
  run(order).catch((error) => {
    process.send({ fault: String(error) });
    process.exitCode = 1;
  });
});
