// The worker's part of the business arms: starts and stops a sequencer as its parent says, and ends when its parent does.
import { startSequencer } from './ledger-room.mjs';

const cluster = JSON.parse(process.argv[2]);
let sequencer;
process.on('message', async (what) => {
  if (what === 'start') sequencer = await startSequencer(cluster);
  else await sequencer.stop();
  process.send('done');
});
process.once('disconnect', async () => {
  await sequencer?.stop();
  process.exit(0);
});
