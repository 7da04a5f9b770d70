// Tries to hold a folder whenever it is told to, and says whether it does.
const { FolderHold } = require('../../dist/libs/platform/signing/src/index.js');

let hold;
process.on('message', ({ take, release }) => {
  if (release) hold?.release();
  hold = undefined;
  if (!take) return process.send({ held: false });
  try {
    hold = FolderHold.take(take);
    process.send({ held: hold.isHeld() });
  } catch (error) {
    process.send({ held: false, code: error.code });
  }
});
process.send({ ready: true });
