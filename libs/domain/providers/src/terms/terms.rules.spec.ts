import { newId } from '@imprimatur/kernel';
import { approvalRefusal, licenceOf, reasonRefusal, standingOf, stateOf, termsRefusal } from './terms.rules';
import type { NewTerms, OutputLicence, VendorTerms } from './terms.types';

const NOW = new Date('2026-03-01T12:00:00Z');
const at = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000);
const [ONE, OTHER] = [newId('subject'), newId('subject')];

const WISH: NewTerms = {
  provider: 'gemini',
  title: 'Cloud terms, May 2026',
  documentSha256: new Uint8Array(32).fill(1),
  documentUrl: 'https://vendor.example/terms',
  tier: 'enterprise',
  models: ['image-2.1', 'image-2.1@0426'],
  regions: ['EU', 'CH'],
  retentionDays: 0,
  indemnifies: true,
  mayTrain: false,
  output: { commercialUse: true, modelTraining: false, attribution: null },
  from: NOW,
  until: at(365),
};

function terms(more: Partial<VendorTerms> = {}): VendorTerms {
  const registered = { id: newId('terms'), entry: newId('entry'), registeredBy: ONE, registeredAt: at(-1) };
  return { ...WISH, ...registered, approved: null, ended: null, ...more };
}

const APPROVED = { by: OTHER, at: NOW };
const ENDED = { by: OTHER, at: NOW, entry: newId('entry') };

describe('the state of terms', () => {
  it.each([
    ['proposed', {}],
    ['agreed', { approved: APPROVED, from: at(1) }],
    ['in-force', { approved: APPROVED }],
    ['expired', { approved: APPROVED, from: at(-2), until: NOW }],
    ['expired', { from: at(-2), until: NOW }],
    ['ended', { approved: APPROVED, ended: ENDED }],
    ['ended', { ended: ENDED, until: at(-1) }],
  ] as const)('is %s with %j', (state, more) => expect(stateOf(terms(more), NOW)).toBe(state));
});

describe('registering', () => {
  it('takes terms that say everything', () => expect(termsRefusal(WISH, ['local'], NOW)).toBeNull());

  it.each([
    ['provider', { provider: 'Gemini' }],
    ['provider', { provider: 'local' }],
    ['title', { title: '  ' }],
    ['digest', { documentSha256: new Uint8Array(31) }],
    ['address', { documentUrl: 'http://vendor.example' }],
    ['address', { documentUrl: 'terms' }],
    ['tier', { tier: '' }],
    ['list of models', { models: [] }],
    ['list of models', { models: ['a', 'a'] }],
    ['list of regions', { regions: ['Europe'] }],
    ['list of regions', { regions: [] }],
    ['retention', { retentionDays: -1 }],
    ['retention', { retentionDays: 1.5 }],
    ['attribution', { output: { ...WISH.output, attribution: ' ' } }],
    ['period', { until: NOW }],
    ['period', { until: at(10 * 366 + 1) }],
    ['period', { until: new Date(Number.NaN) }],
    ['end', { from: at(-9), until: at(-1) }],
  ])('refuses a %s like %j', (what, more) => {
    expect(termsRefusal({ ...WISH, ...more }, ['local'], NOW)).toMatchObject({
      code: 'VENDOR_TERMS_INVALID',
      message: `The ${what} of the terms is not usable.`,
    });
  });

  it('wants a reason for an end', () => {
    expect(reasonRefusal(' ')).toMatchObject({ code: 'VENDOR_TERMS_INVALID' });
    expect(reasonRefusal('they changed')).toBeNull();
  });
});

describe('approving', () => {
  it.each([
    [null, {}, OTHER],
    ['VENDOR_TERMS_NEED_ANOTHER', {}, ONE],
    ['VENDOR_TERMS_NOT_OPEN', { approved: APPROVED }, OTHER],
    ['VENDOR_TERMS_NOT_OPEN', { ended: ENDED }, OTHER],
    ['VENDOR_TERMS_NOT_OPEN', { from: at(-2), until: NOW }, OTHER],
  ])('answers %s with %j', (code, more, by) => expect(approvalRefusal(terms(more), by, NOW)?.code ?? null).toBe(code));
});

describe('the standing of a model', () => {
  it.each([
    ['missing', null, 'image-2.1'],
    ['in-force', terms(), 'image-2.1@0426'],
    ['model-unknown', terms(), 'image-2.2'],
    ['model-unknown', terms(), ''],
  ] as const)('is %s', (standing, found, model) => expect(standingOf(found, model)).toEqual({ standing, terms: found }));
});

describe('the licence of a picture', () => {
  const made = (output: Partial<OutputLicence>) => ({
    output: { commercialUse: true, modelTraining: true, attribution: null, ...output },
  });

  it('leaves everything free where nobody else made it', () =>
    expect(licenceOf([])).toEqual({ commercialUse: true, modelTraining: true, attributions: [] }));

  it('leaves free what all allow, and asks for every attribution once', () =>
    expect(
      licenceOf([
        made({ attribution: 'A' }),
        made({ commercialUse: false, attribution: 'B' }),
        made({ modelTraining: false, attribution: 'A' }),
      ]),
    ).toEqual({ commercialUse: false, modelTraining: false, attributions: ['A', 'B'] }));
});
