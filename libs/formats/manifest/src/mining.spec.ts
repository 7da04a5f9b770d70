import { forbidsMachines } from './mining';

const manifest = (label: string, entries: unknown) => ({ assertions: { 'c2pa.actions.v2': {}, [label]: { entries } } });

describe('what a manifest says of machines', () => {
  it.each([
    [true, 'cawg.training-mining', { 'cawg.ai_generative_training': { use: 'notAllowed' } }],
    [true, 'cawg.training-mining', { 'cawg.data_mining': { use: 'allowed' }, 'cawg.ai_inference': { use: 'notAllowed' } }],
    [true, 'c2pa.training-mining', { 'c2pa.ai_training': { use: 'notAllowed' } }],
    [true, 'cawg.training-mining__2', { 'cawg.ai_training': { use: 'notAllowed', constraints_info: 'ask us' } }],
    [false, 'cawg.training-mining', { 'cawg.ai_training': { use: 'allowed' } }],
    [false, 'cawg.training-mining', { 'cawg.ai_training': { use: 'constrained', constraints_info: 'ask us' } }],
    [false, 'org.example.training-mining', { 'cawg.ai_training': { use: 'notAllowed' } }],
    [false, 'cawg.training-mining', 'notAllowed'],
    [false, 'cawg.training-mining', { 'cawg.ai_training': 'notAllowed' }],
  ])('forbids: %s, by %s with %j', (forbids, label, entries) => expect(forbidsMachines([manifest(label, entries)])).toBe(forbids));

  it('is read of what the picture was made from, too', () => {
    const harmless = manifest('cawg.training-mining', {});
    expect(forbidsMachines([harmless, manifest('cawg.training-mining', { 'cawg.ai_training': { use: 'notAllowed' } })])).toBe(true);
    expect(forbidsMachines([harmless])).toBe(false);
    expect(forbidsMachines([])).toBe(false);
  });
});
