import { manifestInput } from '../../../../../test/integration/provenance/manifest.input';
import type { ExportManifestInput } from '../manifest.input';
import { ASSERTIONS } from './registry';

const receipt = { v: 1 as const, entry: 'e', parts: {}, index: 0, proof: [], checkpoint: 'c', anchors: [] };
const base = manifestInput('png', 'v', { released: receipt, rendered: receipt });
const written = (label: string, change: Partial<ExportManifestInput> = {}) =>
  ASSERTIONS.find((kind) => kind.label === label)?.build({ ...base, ...change });

describe('the assertions of an export', () => {
  it('have labels of their own, and each a namespace', () => {
    const labels = ASSERTIONS.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels.every((label) => label.includes('.'))).toBe(true);
  });

  it('say of machine learning what the rights record says, and nothing where it says nothing', () => {
    const use = (value: string) => [{ entries: { 'cawg.ai_training': { use: value }, 'cawg.ai_generative_training': { use: value } } }];
    expect(written('cawg.training-mining', { aiTraining: 'prohibited' })).toEqual(use('notAllowed'));
    expect(written('cawg.training-mining', { aiTraining: 'allowed' })).toEqual(use('allowed'));
    expect(written('cawg.training-mining', { aiTraining: 'unspecified' })).toEqual([]);
  });

  it('disclose each model that took part, and none where none did', () => {
    expect(written('c2pa.ai-disclosure')).toEqual([
      {
        modelType: 'c2pa.types.model',
        modelName: 'a-model',
        modelIdentifier: 'vendor/a-model@2',
        contentProfile: { humanOversightLevel: 'prompt_guided' },
      },
    ]);
    expect(written('c2pa.ai-disclosure', { aiDisclosures: [] })).toEqual([]);
  });

  it('bind the fingerprint where one was taken', () => {
    expect(written('c2pa.soft-binding')).toEqual([{ alg: 'org.imprimatur.blockhash-256', blocks: [{ scope: {}, value: 'AAECAw==' }] }]);
    expect(written('c2pa.soft-binding', { softBinding: null })).toEqual([]);
  });

  it('tell of governance exactly what its form has, whatever else the caller holds', () => {
    const careless = { ...base.governance, approvals: base.governance.approvals.map((each) => ({ ...each, name: 'Ben Example' })) };
    const [told] = written('org.imprimatur.governance', { governance: careless }) ?? [];
    expect(told).toMatchObject({ v: 1, export: base.governance.exportId, approvals: [{ role: 'approver', reviewer: 'reviewer-1' }] });
    expect(JSON.stringify(told)).not.toContain('Ben Example');
  });
});
