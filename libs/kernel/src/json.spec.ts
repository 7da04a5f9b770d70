import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson, type Json } from './json';

const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe('canonical JSON', () => {
  it('agrees with the reference library on any JSON value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
    );
  });

  it("writes RFC 8785's own example", () => {
    const example = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '€$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  it.each([
    ['undefined', undefined],
    ['a member that is undefined', { a: undefined }],
    ['NaN', Number.NaN],
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate as a name', { '\udc00': 1 }],
    ['a date', { at: new Date(0) }],
    ['a bigint', 1n],
    ['a circle', circle],
    ['a hole in an array', [1, , 2]], // eslint-disable-line no-sparse-arrays -- the hole is the case
  ])('refuses %s', (_name, value) => {
    expect(() => canonicalJson(value as Json)).toThrow(TypeError);
  });
});
