import { randomBytes } from 'node:crypto';
import type { ConsentRecord, MatchQuestion, NewConsent } from '@imprimatur/domain/consent';
import { type Context, newId, type TenantId } from '@imprimatur/kernel';
import { codeOf, type ConsentRoom, form, openConsentRoom, person, questionOf, valueOf } from './consent-room';

const UNKNOWN = { sha256: null, pixelSha256: null, fingerprint: null };

let room: ConsentRoom;
let tenant: TenantId;
let legal: Context;
beforeAll(async () => {
  room = await openConsentRoom();
});
beforeEach(async () => {
  tenant = await room.newTenant();
  legal = person(tenant, 'legal');
});
afterAll(() => room.close());

const register = async (given: NewConsent): Promise<ConsentRecord> =>
  valueOf(await room.write(legal, (write) => room.consents.register(write, given)));
const withdraw = (record: ConsentRecord) => room.write(legal, (write) => room.consents.withdraw(write, record.id, 'changed my mind'));
const match = (question: MatchQuestion) => room.read(person(tenant, 'creator'), (read) => room.consents.match(read, question));

/** The fingerprint with so many of its bits turned over. */
function off(fingerprint: string | null, bits: number): string {
  const bytes = Buffer.from(fingerprint ?? '', 'hex');
  for (let at = 0; at < bits; at += 1) bytes[at % 32] = (bytes[at % 32] ?? 0) ^ (1 << Math.floor(at / 32));
  return bytes.toString('hex');
}

describe('a registered consent', () => {
  it('is found, with an event that carries the person and the notice as commitments only', async () => {
    const given = form({ validUntil: new Date('2099-01-01T00:00:00Z') });
    const record = await register(given);
    expect(valueOf(await room.read(legal, (read) => room.consents.find(read, record.id)))).toEqual(record);
    expect(record).toMatchObject({ version: 1, state: 'given', registeredBy: legal.actor.subject, scope: given.scope });
    const [entry] = await room.entries(tenant);
    expect(entry).toMatchObject({ type: 'consent.registered', facts: { version: 1, ageBand: 'adult', scope: { channels: ['web'] } } });
    expect(entry?.about.map(({ kind }) => kind).sort()).toEqual(['asset', 'consent', 'version']);
    expect(Object.keys(entry?.parts ?? {}).sort()).toEqual(['name', 'notice', 'picture']);
    expect(JSON.stringify(entry)).not.toMatch(/Ada|web site/);
    const [subject] = await room.database.asAdmin<{ display_name: string }>(`select display_name from subject where id = $1`, [
      record.subject,
    ]);
    expect(subject?.display_name).toBe('Ada Example');
  });

  it('is not for everybody to write, and leaves nothing behind when it is refused', async () => {
    const creator = person(tenant, 'creator');
    expect(codeOf(await room.write(creator, (write) => room.consents.register(write, form())))).toBe('FORBIDDEN');
    expect(codeOf(await room.write(legal, (write) => room.consents.register(write, form({ method: 'hearsay' }))))).toBe(
      'CONSENT_METHOD_UNKNOWN',
    );
    expect(await room.entries(tenant)).toEqual([]);
    expect(await room.database.asAdmin(`select id from subject where tenant = $1`, [tenant])).toEqual([]);
  });

  it('cannot be overwritten, not even by the administrator', async () => {
    const record = await register(form());
    await expect(room.database.asAdmin(`update consent_record set state = 'withdrawn' where id = $1`, [record.id])).rejects.toThrow(
      'append-only',
    );
    await expect(room.database.asAdmin(`delete from consent_record where id = $1`, [record.id])).rejects.toThrow('append-only');
  });

  it('is listed newest first, page by page, and is nothing to another tenant', async () => {
    const records = [await register(form()), await register(form()), await register(form())];
    await withdraw(records[1] ?? (await register(form())));
    const first = await room.read(legal, (read) => room.consents.list(read, { first: 2, after: null }));
    const rest = await room.read(legal, (read) => room.consents.list(read, { first: 2, after: first[1]?.id ?? null }));
    expect([...first, ...rest].map(({ id, version }) => [id, version])).toEqual([
      [records[2]?.id, 1],
      [records[1]?.id, 2],
      [records[0]?.id, 1],
    ]);
    const stranger = person(await room.newTenant(), 'legal');
    expect(await room.read(stranger, (read) => room.consents.list(read, { first: 9, after: null }))).toEqual([]);
    expect(codeOf(await room.write(stranger, (write) => room.consents.withdraw(write, first[0]?.id ?? newId('consent'), 'mine')))).toBe(
      'NOT_FOUND',
    );
  });
});

describe('a withdrawal', () => {
  it('is a new version, once, whoever asks at the same time', async () => {
    const record = await register(form());
    const answers = await Promise.all(Array.from({ length: 5 }, () => withdraw(record)));
    expect(answers.map((answer) => valueOf(answer).version)).toEqual([2, 2, 2, 2, 2]);
    const history = await room.read(legal, (read) => room.consents.history(read, record.id));
    expect(history.map(({ version, state }) => [version, state])).toEqual([
      [1, 'given'],
      [2, 'withdrawn'],
    ]);
    const entries = await room.entries(tenant);
    expect(entries.map(({ type }) => type)).toEqual(['consent.registered', 'consent.withdrawn']);
    expect(Object.keys(entries[1]?.parts ?? {})).toEqual(['reason']);
  });

  it('needs a reason and the right to it', async () => {
    const record = await register(form());
    expect(codeOf(await room.write(legal, (write) => room.consents.withdraw(write, record.id, ' ')))).toBe('CONSENT_TEXT_INVALID');
    const approver = person(tenant, 'approver');
    expect(codeOf(await room.write(approver, (write) => room.consents.withdraw(write, record.id, 'why not')))).toBe('FORBIDDEN');
  });
});

describe('a face', () => {
  it('is known by the file, else by its pixels, else by its looks', async () => {
    const given = form();
    const record = await register(given);
    const { fingerprint } = given.picture;
    const known = {
      face: 0,
      outcome: 'matched',
      consent: record.id,
      subject: record.subject,
      attestation: null,
      missing: [],
      nearest: null,
    };
    expect(await match(questionOf(given))).toEqual([{ ...known, by: 'file' }]);
    expect(await match(questionOf(given, { sha256: randomBytes(32) }))).toEqual([{ ...known, by: 'pixels' }]);
    const looks = { sha256: randomBytes(32), pixelSha256: randomBytes(32) };
    expect(await match(questionOf(given, { ...looks, fingerprint: off(fingerprint, 32) }))).toEqual([{ ...known, by: 'fingerprint' }]);
    expect(await match(questionOf(given, { ...looks, fingerprint: off(fingerprint, 33) }))).toMatchObject([
      { outcome: 'missing', consent: null },
    ]);
  });

  it('is not known in another place of the picture, and one consent speaks for one face', async () => {
    const given = form();
    await register(given);
    const beside = { ...given.face, left: 20 };
    const almost = { ...given.face, left: given.face.left + 10 };
    const faces = await match(questionOf(given, { faces: [beside, almost, given.face] }));
    expect(faces.map(({ face, outcome }) => [face, outcome])).toEqual([
      [0, 'missing'],
      [1, 'missing'],
      [2, 'matched'],
    ]);
    expect(await match(questionOf(given, { faces: [] }))).toEqual([]);
  });

  it('is known from a picture that this one was made from, nearest first', async () => {
    const [old, near] = [form(), form()];
    await register(old);
    const nearer = await register(near);
    const made = { ...UNKNOWN, ancestors: [UNKNOWN, near.picture, old.picture] };
    expect(await match(questionOf(near, made))).toMatchObject([{ outcome: 'matched', consent: nearer.id, by: 'file' }]);
    expect(await match(questionOf(near, { ...UNKNOWN, ancestors: [UNKNOWN] }))).toMatchObject([{ outcome: 'missing' }]);
  });

  it('is known by the file of its upload before looks that its result shares with another picture', async () => {
    const [own, other] = [form({ scope: { ...form().scope, channels: ['print'] } }), form()];
    const record = await register(own);
    await register(other);
    const result = { sha256: randomBytes(32), pixelSha256: randomBytes(32), fingerprint: other.picture.fingerprint };
    expect(await match(questionOf(own, { ...result, ancestors: [own.picture] }))).toMatchObject([
      { outcome: 'scope-missing', consent: record.id, by: 'file', missing: ['channel:web'] },
    ]);
  });

  it('tells what the consent lacks, that it ended, and that it was withdrawn', async () => {
    const given = form({ validUntil: new Date('2099-01-01T00:00:00Z') });
    const record = await register(given);
    const asked = { kindsOfChange: ['retouch', 'face'], territory: 'US' };
    expect(await match(questionOf(given, asked))).toMatchObject([{ outcome: 'scope-missing', missing: ['territory:US', 'kind:face'] }]);
    expect(await match(questionOf(given, { now: new Date('2099-01-01T00:00:00Z') }))).toMatchObject([{ outcome: 'expired' }]);
    valueOf(await withdraw(record));
    expect(await match(questionOf(given))).toMatchObject([{ outcome: 'withdrawn', consent: record.id, subject: record.subject }]);
    const anew = await register({ ...given, validUntil: null });
    expect(await match(questionOf(given))).toMatchObject([{ outcome: 'matched', consent: anew.id }]);
  });

  it('is looked for behind the first page of fingerprints', async () => {
    const given = form();
    await register(given);
    await room.database.asAdmin(
      `insert into consent_binding (tenant, consent, version, asset, sha256, fingerprint, face_left, face_top, face_width, face_height)
       select $1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), sha256(n::text::bytea), encode(sha256(n::text::bytea), 'hex'), 0, 0, 9, 9
         from generate_series(1, 2500) n`,
      [tenant],
    );
    const asked = questionOf(given, { ...UNKNOWN, fingerprint: given.picture.fingerprint });
    expect(await match(asked)).toMatchObject([{ outcome: 'matched', by: 'fingerprint' }]);
  });
});
