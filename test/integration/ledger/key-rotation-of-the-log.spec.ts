import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519Verify, hmacSha256, LOG_ZERO, sha256 } from '@imprimatur/domain/ledger';
import { type Receipt, type ReceiptReport, verifyReceipt } from '@imprimatur/formats/ledger';
import { isSignedBy, type LogKey, parseCheckpoint, parseVkey } from '@imprimatur/formats/merkle';
import { type Context, type EntryId, newId } from '@imprimatur/kernel';
import { found, LedgerRoom } from './ledger-room';

const root = join(__dirname, '../../..');

describe('rotating the key of the log', () => {
  let room: LedgerRoom;
  let busy: Context;
  let quiet: Context;
  beforeEach(async () => {
    room = await LedgerRoom.open();
    [busy, quiet] = [room.context(), room.context()];
  });
  afterEach(() => room.close());

  async function append(context: Context): Promise<EntryId> {
    const event = { type: 'test.happened', about: [{ kind: 'asset', id: newId('asset') } as const], facts: {} };
    return (await room.database.unitOfWork.write(context, (write) => room.ledger.append(write, event))).id;
  }
  const receipt = (context: Context, id: EntryId): Promise<Receipt> =>
    found(() => room.database.unitOfWork.read(context, (read) => room.reader.receipt(read, id)), 'a receipt');
  const log = (context: Context) => found(() => room.database.unitOfWork.read(context, (read) => room.reader.log(read)), 'a log');
  function keyOf(vkey: string | undefined): LogKey {
    const key = parseVkey(sha256, vkey ?? '');
    if (!key) throw new Error(`not a verifier key: ${vkey}`);
    return key;
  }
  const under = (key: LogKey, given: Receipt): ReceiptReport => verifyReceipt(given, { sha256, hmacSha256, ed25519Verify, logKeys: [key] });
  const GOOD = { status: 'consistent', key: 'known' };
  const FOREIGN = { status: 'broken', check: 'signature' };
  const command = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'dist/apps/signer/src/main.js'), ...args], { encoding: 'utf8' });
  const changes = async () =>
    (await room.database.asAdmin<{ bytes: Buffer }>(`select bytes from ledger_entry where type = 'log.key-changed' order by tenant`)).map(
      ({ bytes }) => (JSON.parse(bytes.toString('utf8')) as { facts: { replaces: string; vkeys: string[] } }).facts,
    );
  async function restart(): Promise<void> {
    await room.stopSequencers();
    await room.startSequencer();
  }

  it('while both keys sign, whoever pinned either is served; afterwards only the new one is, and old receipts stay the old one’s', async () => {
    await room.startSequencer();
    await append(quiet);
    const before = await receipt(busy, await append(busy));
    const oldKey = keyOf((await log(busy)).vkey);
    const oldOfQuiet = (await log(quiet)).vkey;

    const rotated = command('rotate', '--home', room.home);
    expect(rotated).toMatchObject({ status: 0, stderr: '' });
    expect(rotated.stdout).toMatch(/^log\.key {2}ed25519 \S+\nlog\.2\.key {2}ed25519 \S+ {2}current\n/);
    await restart();
    const during = await receipt(busy, await append(busy));
    const newKey = keyOf((await log(busy)).vkey);
    expect(newKey).not.toEqual(oldKey);
    expect([under(oldKey, during), under(newKey, during)]).toMatchObject([GOOD, GOOD]);
    expect([under(oldKey, before), under(newKey, before)]).toMatchObject([GOOD, FOREIGN]);

    rmSync(join(room.home, 'signer', 'log.key'));
    await restart();
    const after = await receipt(busy, await append(busy));
    expect([under(oldKey, after), under(newKey, after)]).toMatchObject([FOREIGN, GOOD]);
    expect([under(oldKey, before), under(oldKey, during)]).toMatchObject([GOOD, GOOD]);
    expect((await log(busy)).vkey).toBe((await changes()).find(({ vkeys }) => keyOf(vkeys.at(-1)).name === newKey.name)?.vkeys.at(-1));

    // what this installation's own tools pin serves all of them
    const pinned = readFileSync(join(room.home, 'trust', 'logs.vkey'), 'utf8');
    const logKeys = pinned.split('\n').flatMap((line) => parseVkey(sha256, line) ?? []);
    for (const given of [before, during, after])
      expect(verifyReceipt(given, { sha256, hmacSha256, ed25519Verify, logKeys })).toMatchObject(GOOD);
    expect(pinned).toContain(`${oldOfQuiet}\n`);
    expect(room.faults).toEqual([]);
  });

  it('each log says so once, and one in which nothing else happens is signed by the new key, too', async () => {
    await room.startSequencer();
    const id = await append(quiet);
    await append(busy);
    await room.signed(quiet, 1);
    await room.signed(busy, 1);
    const old = await log(quiet);
    command('rotate', '--home', room.home);
    await restart();
    await room.signed(quiet, 2);
    await room.signed(busy, 2);
    await restart();
    const now = await log(quiet);
    expect(now.size).toBe(2);
    expect(await changes()).toHaveLength(2);
    expect(await changes()).toContainEqual({ replaces: old.vkey, vkeys: [old.vkey, now.vkey] });
    const signed = parseCheckpoint(now.checkpoint?.note ?? '');
    expect(signed && isSignedBy(signed, keyOf(now.vkey), ed25519Verify)).toBe(true);
    expect(under(keyOf(now.vkey), await receipt(quiet, id))).toMatchObject(GOOD);
  });

  it('log 0 follows, and holds nothing but checkpoints', async () => {
    await room.startSequencer();
    const anchoring = room.startAnchoring();
    await append(busy);
    const file = async (path: string): Promise<string> => {
      const bytes = await room.database.unitOfWork.read(busy, (read) => room.reader.logZeroFile(read, path));
      return Buffer.from(bytes ?? []).toString('utf8');
    };
    const old = await found(async () => (await file('log.vkey')) || null, 'log 0');
    command('rotate', '--home', room.home);
    await restart();
    const vkey = (await file('log.vkey')).trim();
    expect(`${vkey}\n`).not.toBe(old);
    await found(async () => {
      const signed = parseCheckpoint(await file('checkpoint'));
      return signed && isSignedBy(signed, keyOf(vkey), ed25519Verify) ? true : null;
    }, 'log 0 under the new key');
    await anchoring.stop();
    const types = await room.database.asAdmin('select distinct type from ledger_entry where tenant = $1', [LOG_ZERO]);
    expect(types).toEqual([{ type: 'log.checkpointed' }]);
    expect(room.faults).toEqual([]);
  });

  it('a home without a signer gets none by being looked at', () => {
    const answer = command('keys', '--home', join(room.home, 'elsewhere'));
    expect(answer).toMatchObject({ status: 2, stdout: '' });
    expect(answer.stderr).toContain('has no signer');
    expect(existsSync(join(room.home, 'elsewhere'))).toBe(false);
  });
});
