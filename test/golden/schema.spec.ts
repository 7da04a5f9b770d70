import { join } from 'node:path';
import { GraphQLTypesLoader } from '@nestjs/graphql';
import { type BreakingChange, BreakingChangeType, buildSchema, findBreakingChanges, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { TYPE_PATHS } from '../../apps/api/src/door/door.module';
import { expectGolden, readGolden } from './golden';

const file = join(__dirname, '../../schema.graphql');
const HEADER = '# The API, merged from apps/api/src/**/*.graphql. Made by `UPDATE_GOLDEN=1 npx jest test/golden/schema`.\n\n';

async function mergedSdl(): Promise<string> {
  const merged: unknown = await new GraphQLTypesLoader().mergeTypesByPaths([...TYPE_PATHS]);
  return `${HEADER}${String(merged).trim()}\n`;
}

/** `Type.field` of a field that was announced to go. */
function wasDeprecated(schema: GraphQLSchema, { description }: BreakingChange): boolean {
  const [, typeName = '', fieldName = ''] = /^(\w+)\.(\w+) was removed/.exec(description) ?? [];
  const type = schema.getType(typeName);
  return (isObjectType(type) || isInterfaceType(type)) && type.getFields()[fieldName]?.deprecationReason !== undefined;
}

describe('schema.graphql', () => {
  it('loses nothing that clients use: @deprecated(reason:) comes first', async () => {
    const kept = readGolden(file);
    if (kept === null) return expect(process.env.UPDATE_GOLDEN).toBeTruthy();
    const before = buildSchema(kept);
    const lost = findBreakingChanges(before, buildSchema(await mergedSdl())).filter(
      (change) => !(change.type === BreakingChangeType.FIELD_REMOVED && wasDeprecated(before, change)),
    );
    // UPDATE_GOLDEN=breaking says aloud that clients will break
    expect(process.env.UPDATE_GOLDEN === 'breaking' ? [] : lost.map(({ description }) => description)).toEqual([]);
  });

  it('is what the API really is, directives included', async () => {
    expectGolden(file, await mergedSdl());
  });
});
