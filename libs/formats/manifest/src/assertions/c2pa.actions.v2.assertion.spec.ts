import { manifestInput } from '../../../../../test/integration/provenance/manifest.input';
import { manifestDefinition } from '../definition';
import type { ExportManifestInput, ManifestAction } from '../manifest.input';
import { actions } from './c2pa.actions.v2.assertion';

const receipt = { v: 1 as const, entry: '', parts: {}, index: 0, proof: [], checkpoint: '', anchors: [] };
const base = manifestInput('jpeg', 'v', { released: receipt, rendered: receipt });
const agent = { name: 'editor', version: '1' };
const when = '2026-11-23T10:00:00.000Z';
const did = (action: ManifestAction): ExportManifestInput => ({ ...base, turns: [{ id: 't', actions: [action] }], derivation: [] });
const told = (input: ExportManifestInput) => (actions.build(input)[0] as { actions: Record<string, unknown>[] }).actions;

describe('the actions of an export', () => {
  it('begin with what was opened, which tells no source type of its own', () => {
    expect(told(base)[0]).toEqual({
      action: 'c2pa.opened',
      when,
      softwareAgent: expect.anything() as unknown,
      parameters: { ingredientIds: ['parent'] },
    });
  });

  it('begin with what was created, and how', () => {
    const made = {
      ...base,
      ingredients: [],
      inception: { kind: 'created' as const, digitalSourceType: 'trainedAlgorithmicMedia' as const, when, softwareAgent: agent },
    };
    expect(told(made)[0]).toMatchObject({
      action: 'c2pa.created',
      digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
    });
  });

  it('name the turn and commit to what was asked, and never tell it', () => {
    expect(told(base)[1]).toMatchObject({
      parameters: {
        'org.imprimatur.turn': base.turns[0]?.id,
        'org.imprimatur.promptCommitment': 'cHJvbXB0',
        'org.imprimatur.maskCommitment': 'bWFzaw',
      },
    });
  });

  it('end with what the export did, which belongs to no turn', () => {
    expect(told(base).at(-1)).toEqual({ action: 'c2pa.resized.proportional', when, softwareAgent: expect.anything() as unknown });
  });

  it('keep nothing back: one for the inception, one for each step', () => {
    expect(told(base)).toHaveLength(4);
  });

  it.each<[string, ExportManifestInput]>([
    ['an edit without its source type', did({ action: 'c2pa.edited', when, softwareAgent: agent })],
    ['a placed picture without the picture', did({ action: 'c2pa.placed', when, softwareAgent: agent })],
    ['an ingredient that is not there', did({ action: 'c2pa.placed', when, softwareAgent: agent, ingredients: ['other'] })],
    ['an opened picture without its parent', { ...base, ingredients: [] }],
    ['a second parent', { ...base, ingredients: [...base.ingredients, { id: 'b', title: 'b', relationship: 'parentOf' }] }],
    ['two ingredients of one name', { ...base, ingredients: [...base.ingredients, { id: 'parent', title: 'b', relationship: 'inputTo' }] }],
  ])('are not written with %s', (_what, input) => {
    expect(() => manifestDefinition(input)).toThrow('assertion failed');
  });
});
