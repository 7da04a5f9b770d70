import { originMismatch } from './asset.origin';

const NO_LIMITS = { owner: null, channels: null, territories: null, validUntil: null };
const asset = (said: object, more: { declared?: 'owned' | 'licensed'; c2pa?: { createdByAi: boolean } } = {}) => ({
  rights: { declared: more.declared ?? ('owned' as const), licence: null, aiTraining: 'unspecified' as const, ...NO_LIMITS },
  facts: {
    format: 'jpeg',
    width: 1,
    height: 1,
    rights: { creator: null, credit: null, copyright: null, digitalSourceType: null, ...said },
  },
  c2pa: more.c2pa ?? null,
});
const OURS = ['Acme Photo GmbH', 'Ana Ferreira'];

describe('what a file says against a picture being one’s own', () => {
  it.each([
    [{}, []],
    [{ creator: 'Ana Ferreira' }, []],
    [{ creator: 'ANA FERREIRA, Lisboa', copyright: '© 2026 Acme Photo GmbH. All rights reserved.' }, []],
    [{ copyright: '(c) 2026 Acme Photo' }, []],
    [{ copyright: 'Public Domain' }, []],
    [{ creator: 'NASA', copyright: 'Public domain: NASA material is not protected by copyright' }, []],
    [{ creator: 'NASA', credit: 'NASA via Getty Images', copyright: 'Public domain' }, ['agency']],
    [{ copyright: '© 2026' }, []],
    [{ creator: 'Bo Larsen' }, ['creator']],
    [{ creator: 'Ana Ferreira', copyright: 'Copyright 2025 Bo Larsen' }, ['copyright']],
    [{ creator: 'Bo Larsen', credit: 'Getty Images' }, ['creator', 'credit', 'agency']],
    [{ credit: 'AFP/Getty-Images via Reuters' }, ['credit', 'agency']],
    [{ digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia' }, ['ai-generated']],
    [{ digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia' }, []],
    [{ digitalSourceType: 'digitalCapture' }, []],
  ])('%j: %j', (said, codes) => expect(originMismatch(asset(said), OURS)).toEqual(codes));

  it('is what a manifest says as well', () => {
    expect(originMismatch(asset({}, { c2pa: { createdByAi: true } }), OURS)).toEqual(['ai-generated']);
    expect(originMismatch(asset({}, { c2pa: { createdByAi: false } }), OURS)).toEqual([]);
  });

  it('is nothing where nobody claims to own it', () => {
    const licensed = asset({ creator: 'Bo Larsen', credit: 'Getty Images' }, { declared: 'licensed' });
    expect(originMismatch(licensed, OURS)).toEqual([]);
  });
});
