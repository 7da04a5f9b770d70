import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Face } from '../screening.types.js';
import { blockNetwork } from './network.block.js';
import { packageFolder, packageVersion } from './package.folder.js';

/** RGB, 8 bits, rows from the top. */
export interface PictureTensor {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

interface Tensor {
  dispose(): void;
}

/** The part of @vladmandic/human that is used; its own types speak of a browser's. */
interface HumanEngine {
  readonly version: string;
  load(): Promise<void>;
  detect(
    input: Tensor,
  ): Promise<{ readonly face: readonly { readonly score: number; readonly boxRaw: readonly [number, number, number, number] }[] }>;
  readonly tf: {
    tensor3d(data: Uint8Array, shape: [number, number, number], dtype: 'int32'): Tensor;
    expandDims(tensor: Tensor, axis: number): Tensor;
    dispose(tensors: readonly Tensor[]): void;
  };
}

const load = createRequire(__filename);
const CONFIDENCE_MIN = 0.5;
const FACES_MAX = 50;

let loading: Promise<HumanEngine> | undefined;

/** Once per thread. */
export async function loadFaceModel(): Promise<void> {
  loading ??= open();
  await loading;
}

export function faceEngineName(): string {
  return `@vladmandic/human/${packageVersion('@vladmandic/human')}`;
}

/** Left to right. */
export async function findFaces({ data, width, height }: PictureTensor): Promise<readonly Face[]> {
  loading ??= open();
  const human = await loading;
  const flat = human.tf.tensor3d(data, [height, width, 3], 'int32');
  const batch = human.tf.expandDims(flat, 0);
  try {
    const { face } = await human.detect(batch);
    const inside = (value: number): number => Math.min(1000, Math.max(0, Math.round(value * 1000)));
    return face
      .map(({ score, boxRaw: [x, y, w, h] }) => ({
        left: inside(x),
        top: inside(y),
        width: inside(Math.min(w, 1 - x)),
        height: inside(Math.min(h, 1 - y)),
        score: inside(score),
      }))
      .sort((a, b) => a.left - b.left);
  } finally {
    human.tf.dispose([flat, batch]);
  }
}

async function open(): Promise<HumanEngine> {
  const folder = packageFolder('@vladmandic/human');
  const models = pathToFileURL(join(folder, 'models/')).href;
  const wasm = `${join(packageFolder('@tensorflow/tfjs-backend-wasm'), 'dist')}/`;
  blockNetwork(models);
  const { Human } = load(join(folder, 'dist/human.node-wasm.js')) as { Human: new (config: object) => HumanEngine };
  const off = { enabled: false };
  const human = new Human({
    backend: 'wasm',
    wasmPath: wasm,
    modelBasePath: models,
    debug: false,
    cacheSensitivity: 0,
    face: {
      enabled: true,
      detector: { rotation: false, maxDetected: FACES_MAX, minConfidence: CONFIDENCE_MIN, iouThreshold: 0.3 },
      mesh: { enabled: true },
      iris: off,
      emotion: off,
      description: off,
      antispoof: off,
      liveness: off,
    },
    body: off,
    hand: off,
    object: off,
    gesture: off,
    filter: off,
  });
  await human.load();
  return human;
}
