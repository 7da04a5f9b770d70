import { EntryRepository, KeyRotation, KeyRotationRepository, Ledger, Sealing, SubjectKeyRepository } from '@imprimatur/domain/ledger';
import { type Context, newId, type SubjectId } from '@imprimatur/kernel';
import { Jobs } from '@imprimatur/platform/jobs';
import { FileKeyProvider, type KeyProvider, type WrappedKey } from '@imprimatur/platform/keys';
import { join } from 'node:path';
import { LedgerRoom } from './ledger-room';

interface Row {
  readonly subject: SubjectId;
  readonly key_id: string;
  readonly wrapped: Buffer | null;
}

describe('rotating a tenant’s keys', () => {
  let room: LedgerRoom;
  beforeAll(async () => {
    room = await LedgerRoom.open();
  });
  afterAll(() => room.close());

  const provider = (): KeyProvider => new FileKeyProvider(join(room.home, 'keys', 'master.key'));
  function rotationWith(keys: KeyProvider): KeyRotation {
    const ledger = new Ledger(new EntryRepository(), new Sealing(new SubjectKeyRepository(), keys));
    return new KeyRotation(room.database.unitOfWork, new KeyRotationRepository(), ledger, new Jobs(), keys);
  }
  /** A data key for each of `count` new subjects. */
  async function seal(context: Context, count: number): Promise<{ subject: SubjectId; key: Uint8Array; wrapped: Uint8Array }[]> {
    const subjects = Array.from({ length: count }, () => newId('subject'));
    return room.database.unitOfWork.write(context, async (write) => {
      const sealed = [];
      for (const subject of subjects) sealed.push({ subject, ...(await room.sealing.newDataKey(write, [subject])) });
      return sealed;
    });
  }
  const open = (context: Context, wrapped: Uint8Array) =>
    room.database.unitOfWork.read(context, (read) => room.sealing.openDataKey(read, wrapped));
  const rows = (context: Context) =>
    room.database.asAdmin<Row>('select subject, key_id, wrapped from subject_key where tenant = $1 order by subject', [context.tenant]);
  const rotations = async (context: Context) =>
    (
      await room.database.asAdmin<{ bytes: Buffer }>(
        `select bytes from ledger_entry where tenant = $1 and type = 'keys.rotated' order by position`,
        [context.tenant],
      )
    ).map(({ bytes }) => (JSON.parse(bytes.toString('utf8')) as { facts: Record<string, unknown> }).facts);

  it('wraps every subject’s key anew, in batches with their events, and nothing becomes unreadable', async () => {
    const [context, other] = [room.context(), room.context()];
    const sealed = await seal(context, 205);
    await seal(other, 3);
    const before = await rows(context);
    expect(await rotationWith(provider()).carryOut(context, 'file-1')).toBe(205);
    const after = await rows(context);
    expect(new Set(after.map(({ key_id }) => key_id))).toEqual(new Set(['file-2']));
    expect(after.every(({ wrapped }, at) => wrapped && !wrapped.equals(before[at]?.wrapped ?? wrapped))).toBe(true);
    expect(await rotations(context)).toEqual([100, 100, 5].map((rewrapped) => ({ keyId: 'file-2', rewrapped })));
    for (const { key, wrapped } of sealed) expect(Buffer.from((await open(context, wrapped)) ?? [])).toEqual(Buffer.from(key));
    // another tenant's stay as they were
    expect(new Set((await rows(other)).map(({ key_id }) => key_id))).toEqual(new Set(['file-1']));
  });

  it('asked for again under the same wish does nothing more', async () => {
    const context = room.context();
    await seal(context, 2);
    await rotationWith(provider()).carryOut(context, 'file-1');
    expect(await rotationWith(provider()).carryOut(context, 'file-1')).toBe(0);
    expect(await rotations(context)).toHaveLength(1);
    expect(new Set((await rows(context)).map(({ key_id }) => key_id))).toEqual(new Set(['file-2']));
  });

  it('goes on where it was interrupted', async () => {
    const context = room.context();
    const sealed = await seal(context, 150);
    // the key store goes away within the second batch
    let wraps = 0;
    const failing = new Proxy(provider(), {
      get: (target, name, receiver) =>
        name !== 'wrap'
          ? (Reflect.get(target, name, receiver) as unknown)
          : async (...asked: Parameters<KeyProvider['wrap']>): Promise<WrappedKey> => {
              wraps += 1;
              if (wraps > 120) throw new Error('away');
              return target.wrap(...asked);
            },
    });
    await expect(rotationWith(failing).carryOut(context, 'file-1')).rejects.toThrow('away');
    const halfway = (await rows(context)).filter(({ key_id }) => key_id === 'file-2').length;
    expect(halfway).toBe(100);
    for (const { wrapped } of sealed) expect(await open(context, wrapped)).not.toBeNull();
    expect(await rotationWith(provider()).carryOut(context, 'file-1')).toBe(50);
    expect((await rotations(context)).map(({ rewrapped }) => rewrapped)).toEqual([100, 50]);
  });

  it('two at once rewrap each key once', async () => {
    const context = room.context();
    const sealed = await seal(context, 130);
    const counts = await Promise.all([1, 2].map(() => rotationWith(provider()).carryOut(context, 'file-1')));
    expect(counts.reduce((a, b) => a + b)).toBe(130);
    expect(new Set((await rows(context)).map(({ key_id }) => key_id))).toEqual(new Set(['file-2']));
    for (const { wrapped } of sealed) expect(await open(context, wrapped)).not.toBeNull();
  });

  it('never brings back the key of somebody who is erased meanwhile', async () => {
    const context = room.context();
    const [gone, stays] = await seal(context, 2);
    const keys = provider();
    let erased = false;
    const erasing = new Proxy(keys, {
      get: (target, name, receiver) =>
        name !== 'unwrap'
          ? (Reflect.get(target, name, receiver) as unknown)
          : async (...asked: Parameters<KeyProvider['unwrap']>): Promise<Uint8Array> => {
              const plain = await target.unwrap(...asked);
              // the key is in hand, and now its row is destroyed
              if (!erased)
                erased = await room.database.unitOfWork.write(context, (write) =>
                  room.sealing.destroySubjectKey(write, gone?.subject ?? newId('subject')),
                );
              return plain;
            },
    });
    expect(await rotationWith(erasing).carryOut(context, 'file-1')).toBe(1);
    expect(erased).toBe(true);
    expect((await rows(context)).find(({ subject }) => subject === gone?.subject)?.wrapped).toBeNull();
    expect(await open(context, gone?.wrapped ?? new Uint8Array())).toBeNull();
    expect(await open(context, stays?.wrapped ?? new Uint8Array())).not.toBeNull();
  });

  it('is asked for as one job, with its event', async () => {
    const context = room.context();
    const rotation = rotationWith(provider());
    for (let times = 0; times < 2; times += 1) await room.database.unitOfWork.write(context, (write) => rotation.request(write));
    const jobs = await room.database.asAdmin('select payload from job where tenant = $1 and kind = $2', [context.tenant, 'key-rotation']);
    expect(jobs).toEqual([{ payload: { replaces: 'file-1' } }]);
  });
});
