import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { createHash } from 'node:crypto';
import { loadBundle } from './bundle.load';
import { decide } from './decide';
import { prepare } from './prepare';
import { declaredFacts } from './schema.facts';
import { HARMLESS, SPECIMEN, specimenWith } from './specimen';

const tools = { cedar, sha256: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest() };
const schema = SPECIMEN['schema.cedarschema'] ?? '';

describe('the facts that a schema declares', () => {
  it('are read from the action, and from the type that it names', () => {
    const declared = declaredFacts(schema, cedar);
    expect(declared.EditTurn).toEqual(declared.AutoRelease);
    expect([...declared.EditTurn]).toEqual(expect.arrayContaining(['scores', 'newFaces', 'threshold']));
    expect(declared.Export.has('approved')).toBe(true);
    expect(declared.Export.has('provider')).toBe(false);
  });

  it('are all that the bundle is asked with: what the service learned to find since does not stop it', () => {
    expect(schema).not.toContain('knownAs');
    const loaded = loadBundle(SPECIMEN, tools);
    if (!loaded.ok) throw new Error(loaded.refusal.message);
    const facts = { ...HARMLESS, knownAs: ['prohibited' as const] };
    const decision = decide(prepare(loaded.value, cedar), { question: 'EditTurn', roles: ['creator'], facts });
    expect([decision.outcome, decision.errors]).toEqual(['pass', []]);
    // what was known then stays on record
    expect(decision.asked).toMatchObject({ facts: { knownAs: ['prohibited'] } });
  });

  it('are refused where nobody finds them', () => {
    const loaded = loadBundle(
      specimenWith({ 'schema.cedarschema': schema.replace('provider: String,', 'provider: String, mood: String,') }),
      tools,
    );
    expect(loaded.ok ? [] : loaded.refusal.problems).toEqual([
      { code: 'BUNDLE_SCHEMA_INVALID', where: 'schema.cedarschema', message: 'EditTurn: context.mood is no fact' },
      { code: 'BUNDLE_SCHEMA_INVALID', where: 'schema.cedarschema', message: 'AutoRelease: context.mood is no fact' },
    ]);
  });
});
