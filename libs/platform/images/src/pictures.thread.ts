import { derivative, thumbnail } from './picture.derivative.js';
import { inspect } from './picture.inspect.js';
import type { PictureTask } from './pictures.task.js';
import { digestPixels } from './pixels/pixel.digest.js';
import { measureOutside } from './pixels/pixel.outside.js';
import { measureSinceRoot } from './pixels/root.change.js';

/** Thread: decoding, encoding and everything that touches each pixel. */
export default async function run(task: PictureTask): Promise<unknown> {
  switch (task.kind) {
    case 'inspect':
      return inspect(task.bytes, task.limits);
    case 'thumbnail':
      return thumbnail(task.bytes, task.sidePx, task.limits);
    case 'derivative':
      return derivative(task.bytes, task.recipe, task.limits);
    case 'digest':
      return digestPixels(task.bytes, task.limits);
    case 'compare':
      return measureOutside(task.before, task.after, task.mask, task.limits);
    case 'compare-with-root':
      return measureSinceRoot(task.root, task.bytes, task.regions, task.limits);
  }
}
