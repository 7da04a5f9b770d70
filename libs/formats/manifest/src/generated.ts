import { z } from 'zod';

const LABEL = /^c2pa\.actions(\.v\d+)?(__\d+)?$/;
const SOURCE = /(^|\/)trainedAlgorithmicMedia$/;

const format = z.object({ actions: z.array(z.looseObject({ action: z.string(), digitalSourceType: z.string().optional() })) });

/**
 * Whether one of these manifests tells that a model created the picture, or something that it was made from (`c2pa.created` with the IPTC term
 * trainedAlgorithmicMedia). What a model only changed is another term.
 */
export function isCreatedByAi(manifests: readonly { readonly assertions: Readonly<Record<string, unknown>> }[]): boolean {
  return manifests.some(({ assertions }) =>
    Object.entries(assertions).some(([label, data]) => {
      const read = LABEL.test(label) ? format.safeParse(data) : null;
      return (
        read?.success === true &&
        read.data.actions.some(({ action, digitalSourceType = '' }) => action === 'c2pa.created' && SOURCE.test(digitalSourceType))
      );
    }),
  );
}
