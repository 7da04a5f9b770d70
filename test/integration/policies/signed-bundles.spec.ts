import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, Fault, newId, type Result, type TenantId } from '@imprimatur/kernel';
import { type BundleFiles, bundleHash, SIGNATURE_FILE, signBundle } from '@imprimatur/formats/policy';
import { FileKeyProvider } from '@imprimatur/platform/keys';
import { EntryRepository, Ledger, Sealing, SubjectKeyRepository } from '@imprimatur/domain/ledger';
import { type PolicyService, readPolicyKeys, type StoredBundle } from '@imprimatur/domain/policies';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { closeEngines, policiesOf, specimenVariant, turn, writeSpecimen } from './policy-room';

const home = mkdtempSync(join(tmpdir(), 'imprimatur-signed-'));
const ledger = new Ledger(new EntryRepository(), new Sealing(new SubjectKeyRepository(), new FileKeyProvider(join(home, 'master.key'))));
const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}
const newPair = (): Pair => generateKeyPairSync('ed25519');
const [ours, older, theirs] = [newPair(), newPair(), newPair()];
const KEYS: readonly KeyObject[] = [ours.publicKey, older.publicKey];

function signed(files: BundleFiles, { publicKey, privateKey }: Pair = ours): BundleFiles {
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { ...files, [SIGNATURE_FILE]: signBundle(bundleHash(files, sha256), raw, (message) => sign(null, message, privateKey), sha256) };
}

let database: TestDatabase;
let tenant: TenantId;
const begun = writeSpecimen(join(home, 'signed'), signed(specimenVariant('1.0.0', 60)));
const demanding = policiesOf(ledger, KEYS, begun);
const lenient = policiesOf(ledger, [], writeSpecimen(join(home, 'unsigned'), specimenVariant('1.0.0', 60)));

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  tenant = newId('tenant');
  await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [tenant]);
});
afterAll(async () => {
  await closeEngines();
  await database.close();
  rmSync(home, { recursive: true });
});

function person(): Context {
  const subject = newId('subject');
  return { tenant, actor: { kind: 'person', subject, ref: newId('subject'), roles: ['policy-admin'] }, requestId: newId('request') };
}
const begin = (by: PolicyService) => database.unitOfWork.write(person(), (write) => by.ensureStarter(write));
const draft = (files: BundleFiles, by: PolicyService) => database.unitOfWork.write(person(), (write) => by.draft(write, files));
const activate = (id: StoredBundle['id'], by: PolicyService) => database.unitOfWork.write(person(), (write) => by.activate(write, id));
const decided = (by: PolicyService) => database.unitOfWork.read(person(), async (read) => (await by.active(read)).decide(turn()));
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);
/** Null: nothing was thrown. */
function faultOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
}

describe('where bundles must be signed', () => {
  it('one is taken that one of the keys signed, and no other', async () => {
    await begin(demanding);
    expect((await decided(demanding)).outcome).toBe('pass');
    const next = specimenVariant('1.1.0', 50);
    const other = signed(specimenVariant('1.1.0', 40));
    expect(await draft(next, demanding)).toMatchObject({
      ok: false,
      refusal: {
        code: 'BUNDLE_NOT_SIGNED',
        message: expect.stringContaining('nobody signed') as string,
        remedy: expect.any(String) as string,
      },
    });
    expect(codeOf(await draft(signed(next, theirs), demanding))).toBe('BUNDLE_NOT_SIGNED');
    expect(codeOf(await draft({ ...next, [SIGNATURE_FILE]: other[SIGNATURE_FILE] ?? '' }, demanding))).toBe('BUNDLE_NOT_SIGNED');
    const drafted = await draft(signed(next, older), demanding);
    expect(drafted.ok && codeOf(await activate(drafted.value.id, demanding))).toBe('ok');
    expect(await decided(demanding)).toMatchObject({ outcome: 'pass', bundle: { version: '1.1.0' } });
  });

  it('one that is active without is not asked: everything is held', async () => {
    await begin(lenient);
    expect((await decided(lenient)).outcome).toBe('pass');
    expect(await decided(demanding)).toMatchObject({
      outcome: 'hold',
      queue: { id: 'policy' },
      findings: [{ rule: 'system.policy_unsigned' }],
    });
    // and what was stored without does not become active
    const stored = await draft(specimenVariant('1.1.0', 50), lenient);
    expect(stored.ok && codeOf(await activate(stored.value.id, demanding))).toBe('BUNDLE_NOT_SIGNED');
    expect(codeOf(await draft(signed(specimenVariant('1.1.0', 50)), demanding))).toBe('BUNDLE_NOT_SIGNED');
  });

  it('no process starts, and no tenant begins, with a starter that nobody signed', async () => {
    const careless = policiesOf(ledger, KEYS, join(home, 'unsigned'));
    expect(faultOf(() => careless.onApplicationBootstrap())).toBe('STARTER_BUNDLE_NOT_SIGNED');
    await expect(begin(careless)).rejects.toMatchObject({ code: 'STARTER_BUNDLE_NOT_SIGNED' });
    expect(faultOf(() => demanding.onApplicationBootstrap())).toBeNull();
  });

  it('keys are read from PEM files, several in one, and nothing else is taken for one', () => {
    const pem = (key: KeyObject, type: 'spki' | 'pkcs8'): string => key.export({ format: 'pem', type }).toString();
    const write = (name: string, text: string): string => {
      writeFileSync(join(home, name), text);
      return join(home, name);
    };
    const two = write('two.pem', KEYS.map((key) => pem(key, 'spki')).join('\n'));
    expect(readPolicyKeys([two, write('one.pem', pem(theirs.publicKey, 'spki'))])).toHaveLength(3);
    expect(readPolicyKeys([])).toEqual([]);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    for (const file of [
      write('private.pem', pem(ours.privateKey, 'pkcs8')),
      write('rsa.pem', pem(rsa, 'spki')),
      write('empty.pem', ''),
      join(home, 'absent.pem'),
    ])
      expect(faultOf(() => readPolicyKeys([file]))).toBe('POLICY_KEYS_INVALID');
  });
});
