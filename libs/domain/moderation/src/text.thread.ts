import { decodeGrey } from './engines/picture.decode.js';
import { loadTextModel, readText, textEngineName } from './engines/text.model.js';
import type { PictureTask, TextSeen } from './picture.task.js';

/** Runs in a thread of its own, beside those of the faces and of the classifier: words in the picture. */
export default async function readTextIn(task: PictureTask): Promise<TextSeen | null> {
  await loadTextModel();
  if (task.kind === 'warm-up') return null;
  return { ...(await readText(await decodeGrey(task.bytes, task.pixelsMax))), engines: { text: textEngineName() } };
}
