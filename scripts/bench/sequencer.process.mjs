// The worker's part of the business arms: a process of its own, as in production. Ends when its parent does.
import { startSequencer } from './ledger-room.mjs';

const sequencer = await startSequencer(JSON.parse(process.argv[2]));
process.send('ready');
process.once('disconnect', async () => {
  await sequencer.stop();
  process.exit(0);
});
