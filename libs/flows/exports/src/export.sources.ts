import type { DigitalSourceTerm } from '@imprimatur/formats/manifest';
import type { Json } from '@imprimatur/kernel';

/** One step as it was stored when a version was rendered. */
export interface StoredOperation {
  readonly action: string;
  readonly digitalSourceType: DigitalSourceTerm;
  readonly agent: { readonly name: string; readonly version: string };
}

/** From the least to the most that was done to a picture. */
const STRENGTH: readonly DigitalSourceTerm[] = [
  'algorithmicallyEnhanced',
  'humanEdits',
  'composite',
  'compositeWithTrainedAlgorithmicMedia',
  'trainedAlgorithmicMedia',
];

export function storedOperation(value: Json): StoredOperation | null {
  const candidate = value as Partial<StoredOperation> | null;
  return typeof candidate?.action === 'string' &&
    typeof candidate.digitalSourceType === 'string' &&
    typeof candidate.agent?.name === 'string'
    ? (candidate as StoredOperation)
    : null;
}

/** What the whole picture is, after all that was done to it. */
export function strongestSource(operations: readonly Json[]): DigitalSourceTerm {
  const told = operations.map((each) => storedOperation(each)?.digitalSourceType).filter((term) => term !== undefined);
  return told.reduce<DigitalSourceTerm>((a, b) => (STRENGTH.indexOf(a) >= STRENGTH.indexOf(b) ? a : b), 'algorithmicallyEnhanced');
}
