import { newId } from '@imprimatur/kernel';
import { understood } from './consent.form';
import type { NewConsent } from './consent.types';

const NOW = new Date('2026-11-23T12:00:00Z');

function form(changed: Partial<NewConsent> = {}, scope: Partial<NewConsent['scope']> = {}): NewConsent {
  return {
    asset: newId('asset'),
    version: newId('version'),
    picture: { sha256: new Uint8Array(32), pixelSha256: null, fingerprint: null },
    face: { left: 0, top: 0, width: 100, height: 100 },
    person: ' Ada Example ',
    ageBand: 'adult',
    method: 'signed-form',
    notice: { text: 'You will be shown.', language: 'en' },
    scope: { useCases: ['marketing'], kindsOfChange: ['retouch'], channels: ['web'], territories: ['*'], ...scope },
    validUntil: null,
    ...changed,
  };
}

function codeOf(wrong: NewConsent): string {
  const answer = understood(wrong, NOW);
  return answer.ok ? 'ok' : answer.refusal.code;
}

describe('a consent form', () => {
  it('is understood: trimmed, its lists sorted and each entry once', () => {
    const answer = understood(form({}, { kindsOfChange: ['retouch', 'face', 'retouch'], territories: ['FR', 'DE', 'US-CA'] }), NOW);
    expect(answer).toMatchObject({
      ok: true,
      value: {
        person: 'Ada Example',
        scope: { kindsOfChange: ['face', 'retouch'], territories: ['DE', 'FR', 'US-CA'], providers: ['*'], training: false },
      },
    });
  });

  it.each([
    [{ useCases: [] }],
    [{ useCases: ['Ada Example, who lives next door'] }],
    [{ kindsOfChange: ['retouch', 'anything'] }],
    [{ kindsOfChange: [] }],
    [{ channels: [''] }],
    [{ territories: ['Germany'] }],
    [{ territories: [] }],
    [{ providers: ['Google, mostly'] }],
  ])('with the scope %j is refused', (scope) => {
    expect(codeOf(form({}, scope))).toBe('CONSENT_SCOPE_INVALID');
  });

  it.each<[string, Partial<NewConsent>]>([
    ['CONSENT_PERIOD_INVALID', { validUntil: NOW }],
    ['CONSENT_PERIOD_INVALID', { validUntil: new Date(Number.NaN) }],
    ['CONSENT_METHOD_UNKNOWN', { method: 'hearsay' }],
    ['CONSENT_TEXT_INVALID', { person: '  ' }],
    ['CONSENT_TEXT_INVALID', { notice: { text: '', language: 'en' } }],
    ['CONSENT_TEXT_INVALID', { notice: { text: 'Read this.', language: 'English, mostly' } }],
    ['CONSENT_GUARDIAN_MISSING', { ageBand: 'minor' }],
    ['CONSENT_REPRESENTATIVE_INVALID', { representative: { kind: 'friend', basis: 'parent', name: 'Bea' } }],
    ['CONSENT_REPRESENTATIVE_INVALID', { representative: { kind: 'guardian', basis: 'heir', name: 'Bea' } }],
    ['CONSENT_REPRESENTATIVE_INVALID', { representative: { kind: 'estate', basis: 'heir', name: ' ' } }],
    ['CONSENT_RELEASE_UNKNOWN', { modelRelease: 'MR-ALL' }],
    ['CONSENT_RELEASE_UNKNOWN', { propertyRelease: 'MR-NON' }],
    ['ok', { ageBand: 'minor', representative: { kind: 'guardian', basis: 'parent', name: 'Bea' } }],
    ['ok', { representative: { kind: 'estate', basis: 'executor', name: 'Bea' }, modelRelease: 'MR-UMR', propertyRelease: 'PR-NAP' }],
    ['ok', { validUntil: new Date(NOW.getTime() + 1) }],
  ])('%s: %j', (code, changed) => {
    expect(codeOf(form(changed))).toBe(code);
  });
});
