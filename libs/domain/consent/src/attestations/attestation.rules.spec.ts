import { newId } from '@imprimatur/kernel';
import { attestationOf, confirmationRefusal, stateOf, wishRefusal } from './attestation.rules';
import type { FaceAttestation } from './attestation.types';

const [ONE, OTHER] = [newId('subject'), newId('subject')];
const AT = new Date('2026-03-01T12:00:00Z');

function attestationWith(more: Partial<FaceAttestation> = {}): FaceAttestation {
  return {
    id: newId('attestation'),
    asset: newId('asset'),
    version: newId('version'),
    face: { left: 100, top: 100, width: 100, height: 100 },
    ground: 'not-identifiable',
    reference: null,
    entry: newId('entry'),
    attestedBy: ONE,
    attestedAt: AT,
    confirmed: null,
    ended: null,
    ...more,
  };
}

const CONFIRMED = { by: OTHER, at: AT };
const ENDED = { by: OTHER, at: AT, entry: newId('entry') };

describe('an attestation', () => {
  it.each([
    ['proposed', {}],
    ['confirmed', { confirmed: CONFIRMED }],
    ['ended', { ended: ENDED }],
    ['ended', { confirmed: CONFIRMED, ended: ENDED }],
  ] as const)('is %s with %j', (state, more) => expect(stateOf(attestationWith(more))).toBe(state));

  it.each([
    [null, {}, OTHER],
    ['ATTESTATION_NEEDS_ANOTHER', {}, ONE],
    ['ATTESTATION_NOT_OPEN', { confirmed: CONFIRMED }, OTHER],
    ['ATTESTATION_NOT_OPEN', { ended: ENDED }, OTHER],
  ])('answers %s to who confirms it with %j', (code, more, by) =>
    expect(confirmationRefusal(attestationWith(more), by)?.code ?? null).toBe(code),
  );

  it.each([
    [null, { ground: 'not-identifiable', reference: null, reason: 'far away' }],
    [null, { ground: 'release', reference: 'folder 12', reason: 'signed' }],
    [null, { ground: 'exempt', reference: 'KUG § 23', reason: 'crowd at a public event' }],
    ['ATTESTATION_INVALID', { ground: 'not-identifiable', reference: 'folder 12', reason: 'far away' }],
    ['ATTESTATION_INVALID', { ground: 'release', reference: null, reason: 'signed' }],
    ['ATTESTATION_INVALID', { ground: 'exempt', reference: '  ', reason: 'crowd' }],
    ['ATTESTATION_INVALID', { ground: 'release', reference: 'x'.repeat(201), reason: 'signed' }],
    ['ATTESTATION_INVALID', { ground: 'not-identifiable', reference: null, reason: ' ' }],
    ['ATTESTATION_INVALID', { ground: 'not-identifiable', reference: null, reason: 'x'.repeat(2_001) }],
  ] as const)('answers %s to %j', (code, wish) => expect(wishRefusal(wish)?.code ?? null).toBe(code));

  it('speaks of the face that it overlaps most, and of none that it barely touches', () => {
    const [near, nearer] = [attestationWith(), attestationWith({ face: { left: 110, top: 100, width: 100, height: 100 } })];
    expect(attestationOf([near, nearer], { left: 112, top: 100, width: 100, height: 100 })).toBe(nearer);
    expect(attestationOf([near, nearer], { left: 200, top: 100, width: 100, height: 100 })).toBeUndefined();
    expect(attestationOf([], near.face)).toBeUndefined();
  });
});
