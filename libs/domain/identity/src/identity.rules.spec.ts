import { isKeyValid, isName, isScope, mayGrant, scopesReach } from './identity.rules.js';

const admin = { kind: 'person', subject: null, ref: 'a', roles: ['tenant-admin'] } as const;

describe('identity rules', () => {
  it('leaves the operator role to operators', () => {
    expect(mayGrant(admin, 'approver')).toBe(true);
    expect(mayGrant(admin, 'operator')).toBe(false);
    expect(mayGrant({ ...admin, roles: ['operator'] }, 'operator')).toBe(true);
    expect(mayGrant({ ...admin, kind: 'system' }, 'operator')).toBe(true);
  });

  it.each(['submit:Turn', 'read:*', '*:Asset', '*:*'])('knows the scope %s', (scope) => expect(isScope(scope)).toBe(true));
  it.each(['', 'submit', 'submit:', ':Turn', 'fly:Turn', 'read:Moon', 'read:Turn:x'])('refuses the scope "%s"', (scope) =>
    expect(isScope(scope)).toBe(false),
  );

  it('reaches as far as its scopes say', () => {
    expect(scopesReach(['submit:Turn', 'read:*'], 'submit', 'Turn')).toBe(true);
    expect(scopesReach(['submit:Turn', 'read:*'], 'read', 'Asset')).toBe(true);
    expect(scopesReach(['submit:Turn', 'read:*'], 'create', 'Asset')).toBe(false);
    expect(scopesReach([], 'read', 'Asset')).toBe(false);
    expect(scopesReach(null, 'create', 'Asset')).toBe(true);
  });

  it('ends keys at the stated time and on revocation', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    expect(isKeyValid({ expiresAt: null, revokedAt: null }, now)).toBe(true);
    expect(isKeyValid({ expiresAt: now, revokedAt: null }, now)).toBe(false);
    expect(isKeyValid({ expiresAt: null, revokedAt: now }, now)).toBe(false);
  });

  it('asks for a name', () => {
    expect(isName('Ana')).toBe(true);
    expect(isName('  ')).toBe(false);
    expect(isName('a'.repeat(201))).toBe(false);
  });
});
