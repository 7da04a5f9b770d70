import { assert, type JsonObject } from '@imprimatur/kernel';
import { ASSERTIONS } from './assertions/registry.js';
import type { ExportManifestInput } from './manifest.input.js';
import { mediaTypeOf, SPEC_VERSION } from './vocabulary.js';

/** What a C2PA engine is asked to sign, in the JSON that c2pa-rs takes. */
export interface ManifestDefinition {
  readonly definition: JsonObject;
  /** By id; the engine adds the bytes' own manifest, when there is one. */
  readonly ingredients: readonly { readonly id: string; readonly definition: JsonObject }[];
}

const VENDOR = 'imprimatur';

/** From our own words to a manifest. Same input, same definition. Throws an assertion where the input contradicts itself. */
export function manifestDefinition(input: ExportManifestInput): ManifestDefinition {
  assertCoherent(input);
  const { product, title, format } = input;
  const assertions = ASSERTIONS.flatMap(({ label, attribution, build }) =>
    build(input).map((data) => ({ label, ...(attribution === 'created' ? { created: true } : {}), data })),
  );
  return {
    definition: {
      claim_version: 2,
      vendor: VENDOR,
      claim_generator_info: [{ name: product.name, version: product.version, specVersion: SPEC_VERSION }],
      title,
      format: mediaTypeOf(format),
      assertions,
    },
    ingredients: input.ingredients.map(({ id, title: name, relationship }) => ({
      id,
      definition: { title: name, relationship, label: id },
    })),
  };
}

function assertCoherent({ inception, ingredients, turns, derivation }: ExportManifestInput): void {
  const ids = ingredients.map(({ id }) => id);
  assert(new Set(ids).size === ids.length, 'each ingredient has an id of its own');
  const parents = ingredients.filter(({ relationship }) => relationship === 'parentOf');
  if (inception.kind === 'created') assert(parents.length === 0, 'a picture made from nothing has no parent');
  else
    assert(parents.length === 1 && parents[0]?.id === inception.ingredient, 'an opened picture has exactly the parent it was opened from');
  const used = [...turns.flatMap((turn) => turn.actions), ...derivation].flatMap((action) => action.ingredients ?? []);
  assert(
    used.every((id) => ids.includes(id)),
    'every ingredient that an action names is there',
  );
}
