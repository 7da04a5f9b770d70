import { z } from 'zod';

/** CAWG's assertion, and the one of C2PA 1 that it took over; several of a kind are numbered. */
const LABEL = /^(cawg|c2pa)\.training-mining(\.v\d+)?(__\d+)?$/;

const format = z.object({ entries: z.record(z.string(), z.looseObject({ use: z.string() })) });

/**
 * Whether one of these manifests forbids machines to use the picture: to learn from it, to mine it, or to work on it (CAWG Training and Data Mining
 * 1.1: `use: notAllowed` in any entry). `constrained` refers to terms that only people can read, and forbids nothing here. A prohibition counts whoever
 * signed it, and also where it stands in what the picture was made from.
 */
export function forbidsMachines(manifests: readonly { readonly assertions: Readonly<Record<string, unknown>> }[]): boolean {
  return manifests.some(({ assertions }) =>
    Object.entries(assertions).some(([label, data]) => {
      const read = LABEL.test(label) ? format.safeParse(data) : null;
      return read?.success === true && Object.values(read.data.entries).some(({ use }) => use === 'notAllowed');
    }),
  );
}
