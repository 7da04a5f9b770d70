import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ocsfRowOf } from '@imprimatur/formats/ledger';

const root = join(__dirname, '../..');
const TYPE = /\b(?:type|event): '([a-z-]+\.[a-z-]+)'/g;

/** Every type of event that a room declares: in its `<noun>.events.ts`, and in the table of an item's moves. */
function declared(): readonly (readonly [string, string])[] {
  const files = readdirSync(join(root, 'libs'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.events\.ts$|turn\.lifecycle\.ts$/.test(file),
  );
  return files.flatMap((file) =>
    [...readFileSync(join(root, 'libs', file), 'utf8').matchAll(TYPE)].map(([, type = '']) => [type, file] as const),
  );
}

describe('the types of ledger events', () => {
  const types = new Map(declared());

  it('are found', () =>
    expect([...types.keys()]).toEqual(expect.arrayContaining(['turn.submitted', 'item.held', 'ledger.disclosed', 'key.created'])));

  it('are all in the table of OCSF events (a new one gets its word in libs/formats/ledger/src/ocsf.table.ts)', () => {
    expect([...types].filter(([type]) => ocsfRowOf(type) === null).map(([type, file]) => `${type} of ${file}`)).toEqual([]);
  });
});
