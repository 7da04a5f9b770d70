import { newId } from '@imprimatur/kernel';
import { type Amendment, amendmentRefusal, termsOf, widens } from './amendment.rules';
import type { ConsentRecord } from './consent.types';

const NOW = new Date('2026-11-29T12:00:00Z');
const LATER = new Date('2027-11-29T12:00:00Z');
const record: ConsentRecord = {
  id: newId('consent'),
  version: 3,
  subject: newId('subject'),
  ageBand: 'adult',
  representative: null,
  method: 'signed-form',
  notice: { text: 'You will be shown.', language: 'en' },
  scope: {
    useCases: ['marketing'],
    kindsOfChange: ['background', 'retouch'],
    channels: ['print', 'web'],
    territories: ['DE'],
    providers: ['gemini'],
    training: false,
  },
  modelRelease: 'MR-LMR',
  propertyRelease: null,
  validFrom: NOW,
  validUntil: LATER,
  state: 'given',
  registeredBy: null,
  createdAt: NOW,
};
const { useCases, kindsOfChange, channels, territories } = record.scope;
const lists = { useCases, kindsOfChange, channels, territories };
const amend = (changed: Partial<Amendment>): Amendment => ({ reason: 'She asked for it.', ...changed });
const codeOf = (changed: Partial<Amendment>, of: Partial<ConsentRecord> = {}): string | null =>
  amendmentRefusal({ ...record, ...of }, amend(changed), NOW)?.code ?? null;

describe('an amendment', () => {
  it('leaves what it does not name', () => {
    expect(termsOf(record, amend({}))).toEqual({
      scope: record.scope,
      validUntil: LATER,
      modelRelease: 'MR-LMR',
      propertyRelease: null,
      notice: record.notice,
    });
    const { scope, validUntil } = termsOf(record, amend({ scope: { ...lists, channels: ['web'] }, validUntil: null }));
    expect([scope, validUntil]).toEqual([{ ...record.scope, channels: ['web'] }, null]);
  });

  it('widens where it allows or lasts more, and then needs what the person read', () => {
    const narrower = { scope: { ...lists, channels: ['web'] }, validUntil: new Date('2027-01-01T00:00:00Z') };
    expect(widens(record, termsOf(record, amend(narrower)))).toBe(false);
    expect(codeOf(narrower)).toBeNull();
    for (const wider of [
      { validUntil: null },
      { scope: { ...lists, channels: ['video'] } },
      { scope: { ...lists, training: true } },
      { scope: { ...lists, providers: ['*'] } },
    ]) {
      expect(codeOf(wider)).toBe('CONSENT_TEXT_INVALID');
      expect(codeOf({ ...wider, noticeText: 'You will be shown more.' })).toBeNull();
    }
  });

  it.each<[string | null, Partial<Amendment>, Partial<ConsentRecord>]>([
    ['CONSENT_ENDED', {}, { state: 'withdrawn' }],
    ['CONSENT_ENDED', {}, { validUntil: NOW }],
    ['CONSENT_TEXT_INVALID', { reason: ' ' }, {}],
    ['CONSENT_PERIOD_INVALID', { validUntil: NOW }, {}],
    ['CONSENT_SCOPE_INVALID', { scope: { ...lists, channels: [] } }, {}],
    ['CONSENT_RELEASE_UNKNOWN', { modelRelease: 'MR' }, {}],
    ['CONSENT_GUARDIAN_MISSING', {}, { ageBand: 'minor' }],
    [null, { representative: { kind: 'guardian', basis: 'parent', name: 'Bea' } }, { ageBand: 'minor' }],
    [null, {}, { ageBand: 'minor', representative: { kind: 'guardian', basis: 'parent', subject: newId('subject') } }],
  ])('%s: %j of %j', (code, changed, of) => {
    expect(codeOf(changed, of)).toBe(code);
  });
});
