import { newId, type Role } from '@imprimatur/kernel';
import { buildSchema, graphql, type GraphQLSchema } from 'graphql';
import type { DoorContext } from './door.types.js';
import { guardOperations } from './operation.guard.js';

const DIRECTIVES = `
  directive @can(action: String!, subject: String!) on FIELD_DEFINITION
  directive @public on FIELD_DEFINITION
  type Refused { code: String! message: String! remedy: String! }
`;

function schemaOf(sdl: string): GraphQLSchema {
  const schema = buildSchema(DIRECTIVES + sdl);
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) field.resolve = () => (field.name === 'do' ? { __typename: 'Done' } : 'x');
  }
  return schema;
}

function doorOf(roles: readonly Role[] | null, scopes: readonly string[] | null = null): DoorContext {
  const subject = newId('subject');
  const principal = roles && { tenant: newId('tenant'), actor: { kind: 'person' as const, subject, ref: subject, roles }, scopes };
  return { requestId: 'r', principal, allowanceKey: 'k', transport: 'http', spent: null };
}

describe('guardOperations', () => {
  it('does not start with an unmarked, doubly marked or misspelt operation, and names each', () => {
    const sdl = `type Query {
      open: String @public
      bare: String
      both: String @public @can(action: "read", subject: "Asset")
      odd: String @can(action: "fly", subject: "Asset")
      off: String @can(action: "read", subject: "Moon")
    }`;
    expect(() => guardOperations(schemaOf(sdl))).toThrow(/Query\.bare has neither[\s\S]*Query\.both has both[\s\S]*"fly"[\s\S]*"Moon"/);
    expect(() => guardOperations(schemaOf(sdl))).not.toThrow(/Query\.open/);
  });

  it('does not start with an operation that nothing resolves', () => {
    const schema = buildSchema(`${DIRECTIVES} type Query { lost: String @public }`);
    expect(() => guardOperations(schema)).toThrow(/Query\.lost/);
  });

  const schema = guardOperations(
    schemaOf(`
      type Query { open: String @public asset: String @can(action: "read", subject: "Asset") }
      type Done { name: String }
      union DoResult = Done | Refused
      type Mutation { do: DoResult! @can(action: "submit", subject: "Turn") bluntly: String @can(action: "submit", subject: "Turn") }
    `),
  );
  const ask = async (source: string, door: DoorContext) =>
    JSON.parse(JSON.stringify(await graphql({ schema, source, contextValue: door }))) as unknown;

  it('lets everybody into what is public', async () => {
    expect(await ask('{ open }', doorOf(null))).toEqual({ data: { open: 'x' } });
  });

  it('asks strangers to sign in', async () => {
    expect(await ask('{ asset }', doorOf(null))).toMatchObject({
      data: { asset: null },
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it('refuses by role: as a member of the union where there is one, as an error elsewhere', async () => {
    const query = '__typename ... on Refused { code remedy }';
    expect(await ask(`mutation { do { ${query} } }`, doorOf(['creator']))).toEqual({ data: { do: { __typename: 'Done' } } });
    expect(await ask(`mutation { do { ${query} } }`, doorOf(['auditor']))).toMatchObject({
      data: { do: { __typename: 'Refused', code: 'FORBIDDEN' } },
    });
    expect(await ask('mutation { bluntly }', doorOf(['auditor']))).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  it('refuses by the scopes of a key, whatever its roles', async () => {
    expect(await ask('{ asset }', doorOf(['creator'], ['submit:Turn']))).toMatchObject({
      errors: [{ extensions: { remedy: expect.stringContaining('read:Asset') as string } }],
    });
    expect(await ask('{ asset }', doorOf(['creator'], ['read:*']))).toEqual({ data: { asset: 'x' } });
  });
});
