import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { PictureTensor } from './face.model.js';
import { blockNetwork } from './network.block.js';
import { packageFolder, packageVersion } from './package.folder.js';

interface Tensor {
  dispose(): void;
}

interface Classifier {
  classify(input: Tensor): Promise<readonly { readonly className: string; readonly probability: number }[]>;
}

interface TensorLibrary {
  tensor3d(data: Uint8Array, shape: [number, number, number], dtype: 'int32'): Tensor;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
}

const load = createRequire(__filename);
let loading: Promise<{ readonly model: Classifier; readonly tf: TensorLibrary }> | undefined;

/** Once per thread. */
export async function loadExplicitModel(): Promise<void> {
  loading ??= open();
  await loading;
}

export function explicitEngineName(): string {
  return `nsfwjs/${packageVersion('nsfwjs')} MobileNetV2`;
}

/** Probability per million of each of the classifier's classes. */
export async function classify({ data, width, height }: PictureTensor): Promise<Readonly<Record<string, number>>> {
  loading ??= open();
  const { model, tf } = await loading;
  const tensor = tf.tensor3d(data, [height, width, 3], 'int32');
  try {
    const classes = await model.classify(tensor);
    return Object.fromEntries(classes.map(({ className, probability }) => [className, Math.round(probability * 1_000_000)]));
  } finally {
    tensor.dispose();
  }
}

async function open(): Promise<{ readonly model: Classifier; readonly tf: TensorLibrary }> {
  blockNetwork(null);
  const tf = load('@tensorflow/tfjs') as TensorLibrary;
  const wasm = load('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(path: string): void };
  wasm.setWasmPaths(`${join(packageFolder('@tensorflow/tfjs-backend-wasm'), 'dist')}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  const models = join(packageFolder('nsfwjs'), 'dist/models/mobilenet_v2');
  const { load: loadModel } = load('nsfwjs/core') as { load: (name: string, options: object) => Promise<Classifier> };
  // handed over: the library would otherwise look for each of its models in turn, which takes half a minute
  const definition = {
    name: 'MobileNetV2',
    numOfWeightBundles: 1,
    modelJson: async () => ({ default: load(join(models, 'model.min.js')) as unknown }),
    weightBundles: [async () => ({ default: load(join(models, 'group1-shard1of1.min.js')) as unknown })],
  };
  return { model: await loadModel('MobileNetV2', { modelDefinitions: [definition] }), tf };
}
