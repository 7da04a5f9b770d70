import { classify, explicitEngineName, loadExplicitModel } from './engines/explicit.model.js';
import { decode } from './engines/picture.decode.js';
import type { ContentSeen, PictureTask } from './picture.task.js';

// nsfwjs greets on standard output, which belongs to the service's log
console.info = () => undefined;

/** Runs in a thread of its own, beside that of the faces: explicit content. */
export default async function classifyPicture(task: PictureTask): Promise<ContentSeen | null> {
  await loadExplicitModel();
  if (task.kind === 'warm-up') return null;
  const { small } = await decode(task.bytes, task.pixelsMax);
  const raw = await classify(small);
  const perMille = (...classes: readonly string[]): number =>
    Math.min(1000, Math.round(classes.reduce((sum, name) => sum + (raw[name] ?? 0), 0) / 1000));
  return {
    scores: { sexual_explicit: perMille('Porn', 'Hentai'), sexual_suggestive: perMille('Sexy') },
    raw,
    engines: { explicit: explicitEngineName() },
  };
}
