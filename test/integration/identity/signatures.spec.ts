import {
  confirmationMatter,
  type Credential,
  CredentialService,
  enrolmentMatter,
  GrantService,
  HandService,
  MemberService,
  type RoleGrant,
} from '@imprimatur/domain/identity';
import { LedgerReader } from '@imprimatur/domain/ledger';
import { type Assertion, type Matter, PersonKeys } from '@imprimatur/formats/ledger';
import { type CredentialId, type EntryId, type Result, type StatementId, toHex, utf8 } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { createHash } from 'node:crypto';
import { personVerify, sha256 } from '../../../apps/cli/src/node.digests';
import { type Lie, SoftAuthenticator } from '../../support/soft-authenticator';
import { codeOf, IdentityHouse, type Person, valueOf } from './identity-house';

const ORIGIN = 'http://localhost:4080';
let house: IdentityHouse;
let tom: Person;
let tina: Person;
let theo: Person;
const key = new SoftAuthenticator(ORIGIN);
beforeAll(async () => {
  house = await IdentityHouse.open();
  house.config.webauthn = { rpId: 'localhost', origins: [ORIGIN] };
  tom = await house.as('tom');
  tina = await house.member(tom, 'tina', ['tenant-admin']);
  theo = await house.member(tom, 'theo', ['creator']);
});
afterAll(() => house.close());

const credentials = (): CredentialService => house.get(CredentialService);
const begin = async (as: Person): Promise<{ id: CredentialId; challenge: string }> => {
  const id = valueOf(await house.write(as, (write) => credentials().begin(write)));
  return valueOf(await house.get(UnitOfWork).read(as, (read) => credentials().enrolment(read, id)));
};
const finish = (as: Person, id: CredentialId, attestation: ReturnType<SoftAuthenticator['create']>, assertion: Assertion | null = null) =>
  house.write(as, (write) => credentials().finish(write, id, { label: 'My key', attestation, assertion }));
async function enrol(as: Person, authenticator: SoftAuthenticator, lie: Lie = {}): Promise<Result<Credential>> {
  const { id, challenge } = await begin(as);
  return finish(as, id, authenticator.create(challenge, lie));
}

async function challengeOf(as: Person, matter: Matter): Promise<string> {
  const id: StatementId = valueOf(await house.write(as, (write) => house.get(HandService).begin(write, matter)));
  const statement = valueOf(await house.get(UnitOfWork).read(as, (read) => house.get(HandService).statement(read, id, matter)));
  expect(createHash('sha256').update(statement.text).digest('base64url')).toBe(statement.challenge);
  return statement.challenge;
}

async function proposal(): Promise<RoleGrant> {
  for (const role of ['approver', 'legal', 'auditor', 'policy-admin'] as const) {
    const before = await house.get(UnitOfWork).read(tom, (read) => house.get(GrantService).ofMembers(read, [theo.subject]));
    if (before.some((each) => each.role === role && !each.endedAt)) continue;
    await house.write(tom, (write) => house.get(MemberService).grantRole(write, theo.subject, role));
    break;
  }
  const [newest] = await house.get(UnitOfWork).read(tom, (read) => house.get(GrantService).ofMembers(read, [theo.subject]));
  if (!newest) throw new Error('a grant was proposed');
  return newest;
}
const confirm = (as: Person, { id }: RoleGrant, assertion: Assertion | null) =>
  house.write(as, (write) => house.get(GrantService).confirm(write, id, assertion));

describe('an authenticator', () => {
  it.each<readonly [string, Lie]>([
    ['from another page', { origin: 'https://evil.example' }],
    ['for another service', { rpId: 'evil.example' }],
    ['over another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['without verification of who is there', { unverified: true }],
    ['with an attestation that nobody asked for', { fmt: 'packed' }],
  ])('is not enrolled %s', async (_, lie) => {
    expect(codeOf(await enrol(tina, new SoftAuthenticator(ORIGIN), lie))).toBe('CREDENTIAL_INVALID');
  });

  it('is not enrolled with a key that nobody could check later', async () => {
    const large = new SoftAuthenticator(ORIGIN, 'localhost', 'P-384');
    expect(await enrol(tina, large)).toMatchObject({ ok: false, refusal: { message: expect.stringContaining('check later') as unknown } });
  });

  it('is enrolled once, by the one who began, within five minutes', async () => {
    const { id, challenge } = await begin(tina);
    const attestation = key.create(challenge);
    expect(codeOf(await finish(tom, id, attestation))).toBe('STATEMENT_UNKNOWN');
    expect(codeOf(await finish(tina, id, attestation))).toBe('ok');
    expect(codeOf(await finish(tina, id, attestation))).toBe('STATEMENT_UNKNOWN');
    const late = await begin(tom);
    await house.database.asAdmin(
      `update credential_challenge set begun_at = begun_at - interval '6 minutes', expires_at = expires_at - interval '6 minutes'`,
    );
    expect(codeOf(await finish(tom, late.id, key.create(late.challenge)))).toBe('STATEMENT_UNKNOWN');
    // the same key for somebody else
    expect(codeOf(await enrol(tom, key))).toBe('CREDENTIAL_INVALID');
    const service: Person = { ...tom, actor: { ...tom.actor, kind: 'service' } };
    expect(codeOf(await house.write(service, (write) => credentials().begin(write)))).toBe('FORBIDDEN');
    expect((await house.entry('credential.enrolled')).facts).toMatchObject({
      ref: tina.actor.ref,
      credentialId: key.credentialId,
      rpId: 'localhost',
    });
  });
});

describe('a decision of whoever has an authenticator', () => {
  it('is signed, and the entry can be checked offline', async () => {
    const grant = await proposal();
    expect(codeOf(await confirm(tina, grant, null))).toBe('SIGNATURE_REQUIRED');
    const assertion = key.get(await challengeOf(tina, confirmationMatter(grant)));
    expect(codeOf(await confirm(tina, grant, assertion))).toBe('ok');
    const entry = await house.entry('role.granted');
    const statement = await house
      .get(UnitOfWork)
      .read(tom, (read) => house.get(LedgerReader).openText(read, entry.id as EntryId, 'statement'));
    const keys = new PersonKeys();
    keys.learn(await house.entry('credential.enrolled'));
    expect(await keys.judge(entry, utf8(statement ?? ''), { sha256, personVerify })).toEqual({ status: 'good', covers: 'statement' });
    const changed = utf8((statement ?? '').replace('"outcome":"grant"', '"outcome":"other"'));
    expect(await keys.judge(entry, changed, { sha256, personVerify })).toMatchObject({ status: 'bad' });
    // used once
    expect(codeOf(await confirm(tina, await proposal(), assertion))).toBe('STATEMENT_UNKNOWN');
  });

  it.each<readonly [string, Lie, string]>([
    ['on another page', { origin: 'https://evil.example' }, 'SIGNATURE_INVALID'],
    ['for another service', { rpId: 'evil.example' }, 'SIGNATURE_INVALID'],
    ['without verification of who is there', { unverified: true }, 'SIGNATURE_INVALID'],
    ['by an authenticator that counts back', { count: 1 }, 'SIGNATURE_INVALID'],
    ['over a challenge of nobody', { challenge: Buffer.alloc(32).toString('base64url') }, 'STATEMENT_UNKNOWN'],
    ['over no challenge', { challenge: 'x' }, 'SIGNATURE_INVALID'],
    ["in a frame of somebody else's page", { crossOrigin: true }, 'SIGNATURE_INVALID'],
  ])('does not stand when it is signed %s', async (_, lie, code) => {
    const grant = await proposal();
    const challenge = await challengeOf(tina, confirmationMatter(grant));
    expect(codeOf(await confirm(tina, grant, key.get(challenge, lie)))).toBe(code);
    // nothing was used up: the same challenge, answered truly
    expect(codeOf(await confirm(tina, grant, key.get(challenge, { count: 100 + (counts += 1) })))).toBe('ok');
    await house.write(tom, (write) => house.get(MemberService).revokeRole(write, theo.subject, grant.role));
  });
  let counts = 0;

  it('is kept as those read it who check it offline, however the client padded it', async () => {
    const grant = await proposal();
    const asserted = key.get(await challengeOf(tina, confirmationMatter(grant)), { count: 500 });
    const pad = (text: string): string => text.padEnd(Math.ceil(text.length / 4) * 4, '=');
    const padded = Object.fromEntries(
      Object.entries({ ...asserted }).map(([name, text]: [string, string]) => [name, pad(text)]),
    ) as unknown as Assertion;
    expect(padded).not.toEqual(asserted);
    expect(codeOf(await confirm(tina, grant, padded))).toBe('ok');
    const keys = new PersonKeys();
    keys.learn(await house.entry('credential.enrolled'));
    expect(await keys.judge(await house.entry('role.granted'), null, { sha256, personVerify })).toMatchObject({ status: 'good' });
    await house.write(tom, (write) => house.get(MemberService).revokeRole(write, theo.subject, grant.role));
  });

  it('does not stand with the authenticator of somebody else, a forged signature, another reason, or too late', async () => {
    const other = new SoftAuthenticator(ORIGIN);
    valueOf(await enrol(tom, other));
    const matter: Matter = {
      kind: 'exception.review',
      object: theo.subject,
      content: null,
      bundle: null,
      outcome: 'justified',
      code: null,
      reason: 'It was.',
    };
    const duty = { action: 'administer', on: 'Member', rests: false, signature: 'when-enrolled' } as const;
    const take = (said: Matter, assertion: Assertion) =>
      house.write(tina, (write) => house.get(HandService).take(write, said, duty, assertion));
    const challenge = await challengeOf(tina, matter);
    expect(codeOf(await take(matter, other.get(challenge)))).toBe('SIGNATURE_INVALID');
    const forged = { ...other.get(challenge), credentialId: key.credentialId };
    expect(codeOf(await take(matter, forged))).toBe('SIGNATURE_INVALID');
    const assertion = key.get(challenge, { count: 1000 });
    expect(codeOf(await take({ ...matter, reason: 'It was not.' }, assertion))).toBe('SIGNATURE_OTHER_STATEMENT');
    expect(codeOf(await take({ ...matter, outcome: 'not-justified' }, assertion))).toBe('SIGNATURE_OTHER_STATEMENT');
    expect(codeOf(await take(matter, assertion))).toBe('ok');
    const late = key.get(await challengeOf(tina, matter));
    await house.database.asAdmin(
      `update credential_challenge set begun_at = begun_at - interval '6 minutes', expires_at = expires_at - interval '6 minutes'`,
    );
    expect(codeOf(await take(matter, late))).toBe('STATEMENT_UNKNOWN');
    const service: Person = { ...tina, actor: { ...tina.actor, kind: 'service' } };
    expect(codeOf(await house.write(service, (write) => house.get(HandService).begin(write, matter)))).toBe('FORBIDDEN');
    expect(codeOf(await house.write(theo, (write) => house.get(HandService).begin(write, matter)))).toBe('CREDENTIAL_MISSING');
  });
});

describe('more authenticators, and fewer', () => {
  it('take the signature of one that is there', async () => {
    const second = new SoftAuthenticator(ORIGIN);
    const { id, challenge } = await begin(tina);
    const attestation = second.create(challenge);
    expect(codeOf(await finish(tina, id, attestation))).toBe('SIGNATURE_REQUIRED');
    const content = toHex(sha256(Buffer.from(attestation.attestationObject, 'base64url')));
    const elsewhere = enrolmentMatter(id, 'ab'.repeat(32));
    expect(codeOf(await finish(tina, id, attestation, key.get(await challengeOf(tina, elsewhere))))).toBe('SIGNATURE_OTHER_STATEMENT');
    const enrolled = valueOf(await finish(tina, id, attestation, key.get(await challengeOf(tina, enrolmentMatter(id, content)))));
    expect((await house.entry('credential.enrolled')).signature?.kind).toBe('webauthn');

    const revoke = (as: Person, assertion: Assertion | null = null) =>
      house.write(as, (write) => credentials().revoke(write, enrolled.id, assertion));
    expect(codeOf(await revoke(theo))).toBe('NOT_FOUND');
    expect(codeOf(await revoke(tina))).toBe('SIGNATURE_REQUIRED');
    const matter: Matter = {
      kind: 'credential.revoke',
      object: enrolled.id,
      content: null,
      bundle: null,
      outcome: 'revoke',
      code: null,
      reason: null,
    };
    expect(codeOf(await revoke(tina, key.get(await challengeOf(tina, matter))))).toBe('ok');
    expect(codeOf(await revoke(tina))).toBe('ok');
    const grant = await proposal();
    const late = second.get(await challengeOf(tina, confirmationMatter(grant)));
    expect(codeOf(await confirm(tina, grant, late))).toBe('SIGNATURE_INVALID');
    const listed = await house.get(UnitOfWork).read(tina, (read) => credentials().list(read, tina.subject, { first: 10, after: null }));
    expect(listed.map(({ revokedAt }) => revokedAt === null)).toEqual([true, false]);
    expect(await house.get(UnitOfWork).read(theo, (read) => credentials().list(read, tina.subject, { first: 10, after: null }))).toEqual(
      [],
    );
  });
});
