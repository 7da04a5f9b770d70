import { isCreatedByAi } from './generated';

const IPTC = 'http://cv.iptc.org/newscodes/digitalsourcetype/';
const manifest = (label: string, action: string, digitalSourceType?: string) => ({
  assertions: { [label]: { actions: [{ action, ...(digitalSourceType && { digitalSourceType }) }] } },
});

describe('a picture that a model created', () => {
  it.each([
    [true, 'c2pa.actions', 'c2pa.created', `${IPTC}trainedAlgorithmicMedia`],
    [true, 'c2pa.actions.v2__1', 'c2pa.created', 'trainedAlgorithmicMedia'],
    [false, 'c2pa.actions.v2', 'c2pa.created', `${IPTC}digitalCapture`],
    [false, 'c2pa.actions.v2', 'c2pa.created', `${IPTC}compositeWithTrainedAlgorithmicMedia`],
    [false, 'c2pa.actions.v2', 'c2pa.edited', `${IPTC}trainedAlgorithmicMedia`],
    [false, 'c2pa.metadata', 'c2pa.created', `${IPTC}trainedAlgorithmicMedia`],
    [false, 'c2pa.actions.v2', 'c2pa.created', undefined],
  ])('%s: %s with %s, %s', (is, label, action, type) => expect(isCreatedByAi([manifest(label, action, type)])).toBe(is));

  it('is one also where only its ingredient was', () => {
    const made = manifest('c2pa.actions.v2', 'c2pa.created', `${IPTC}trainedAlgorithmicMedia`);
    expect(isCreatedByAi([manifest('c2pa.actions.v2', 'c2pa.opened'), made])).toBe(true);
    expect(isCreatedByAi([{ assertions: { 'c2pa.actions': 'broken' } }])).toBe(false);
  });
});
