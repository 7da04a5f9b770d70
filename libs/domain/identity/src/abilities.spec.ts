import { type Context, newId, type Role, ROLES, systemContext } from '@imprimatur/kernel';
import { allow, rolesThatMay } from './abilities.js';

function contextOf(...roles: Role[]): Context {
  const subject = newId('subject');
  return { tenant: newId('tenant'), actor: { kind: 'person', subject, ref: subject, roles }, requestId: 'r' };
}

describe('allow', () => {
  it('gives a creator edits and no decisions', () => {
    expect(allow(contextOf('creator'), 'submit', 'Turn')).toBeNull();
    expect(allow(contextOf('creator'), 'decide', 'ReviewTask')).toMatchObject({ code: 'FORBIDDEN' });
    expect(allow(contextOf('creator'), 'register', 'Consent')?.remedy).toContain('legal');
  });

  it('adds roles up', () => {
    expect(allow(contextOf('creator', 'approver'), 'decide', 'ReviewTask')).toBeNull();
  });

  it('gives nobody without a role more than a look at themselves', () => {
    expect(allow(contextOf(), 'read', 'Viewer')).toBeNull();
    expect(allow(contextOf(), 'read', 'Asset')).not.toBeNull();
  });

  it('keeps the auditor from every change', () => {
    const changes = (
      ['create', 'edit', 'submit', 'claim', 'decide', 'release', 'export', 'register', 'withdraw', 'administer', 'activate'] as const
    ).flatMap((action) =>
      (['Asset', 'Turn', 'ReviewTask', 'Consent', 'PolicyBundle', 'Member', 'Tenant', 'Export'] as const).filter(
        (type) => !allow(contextOf('auditor'), action, type),
      ),
    );
    expect(changes).toEqual([]);
  });

  it.each(['requestedBy', 'lastEditedBy'] as const)('keeps an approver from what they are %s of', (attribute) => {
    const context = contextOf('approver');
    expect(allow(context, 'decide', 'ReviewTask', { [attribute]: newId('subject') })).toBeNull();
    expect(allow(context, 'decide', 'ReviewTask', { [attribute]: context.actor.subject })).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('asked for, made, or are shown in') as string,
    });
  });

  it('keeps a person who is shown from deciding on the picture', () => {
    const context = contextOf('legal');
    const depicts = [newId('subject'), ...(context.actor.subject ? [context.actor.subject] : [])];
    expect(allow(context, 'claim', 'ReviewTask', { depicts })).not.toBeNull();
    expect(allow(context, 'claim', 'ReviewTask', { depicts: depicts.slice(0, 1) })).toBeNull();
  });

  it('lets people take back what they agreed to, and nothing else, without any role', () => {
    const subject = newId('subject');
    const shown: Context = { ...contextOf('creator'), actor: { kind: 'person', subject, ref: newId('subject'), roles: [] } };
    expect(allow(shown, 'withdraw', 'Consent', { givenBy: subject })).toBeNull();
    expect(allow(shown, 'withdraw', 'Consent', { givenBy: newId('subject') })).not.toBeNull();
    expect(allow(shown, 'withdraw', 'Consent', { givenBy: null })).not.toBeNull();
    expect(allow(shown, 'withdraw', 'Consent')).not.toBeNull();
    expect(allow(shown, 'register', 'Consent', { givenBy: subject })).not.toBeNull();
    expect(allow(shown, 'withdraw', 'PolicyException', { givenBy: subject })).not.toBeNull();
    const nobody: Context = { ...shown, actor: { ...shown.actor, subject: null } };
    expect(allow(nobody, 'withdraw', 'Consent', { givenBy: null })).not.toBeNull();
  });

  it('lets the system work', () => {
    expect(allow(systemContext(newId('tenant'), 'r'), 'release', 'Turn')).toBeNull();
  });

  it('lets the operator make tenants and see no content', () => {
    expect(allow(contextOf('operator'), 'create', 'Tenant')).toBeNull();
    expect(allow(contextOf('operator'), 'read', 'Asset')).not.toBeNull();
  });
});

describe('rolesThatMay', () => {
  it('answers in the order of the table', () => {
    expect(rolesThatMay('decide', 'ReviewTask')).toEqual(['approver', 'legal']);
    expect(rolesThatMay('read', 'Viewer')).toEqual([...ROLES]);
  });
});
