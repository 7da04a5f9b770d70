import {
  DataKeyRepository,
  DataKeyRotation,
  DataKeyTables,
  EntryRepository,
  KeyRotation,
  KeyRotationRepository,
  Ledger,
  Sealing,
  SubjectKeyRepository,
} from '@imprimatur/domain/ledger';
import { partAssociatedData, SALT_BYTES } from '@imprimatur/formats/ledger';
import { type Context, type EntryId, newId, type SubjectId } from '@imprimatur/kernel';
import { Jobs } from '@imprimatur/platform/jobs';
import { FileKeyProvider, type KeyProvider, open as unseal, type WrappedKey } from '@imprimatur/platform/keys';
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
    const { unitOfWork } = room.database;
    const dataKeys = new DataKeyRotation(unitOfWork, new DataKeyTables(), new DataKeyRepository(), ledger, keys);
    return new KeyRotation(unitOfWork, new KeyRotationRepository(), ledger, new Jobs(), keys, dataKeys);
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

  describe('and data keys', () => {
    const PART = 'reason';
    /** Entries, each with a part that concerns somebody. */
    async function write(context: Context, count: number): Promise<EntryId[]> {
      const ids: EntryId[] = [];
      await room.database.unitOfWork.write(context, async (write) => {
        for (let n = 0; n < count; n += 1) {
          const parts = { [PART]: { value: `because of ${n}`, subjects: [newId('subject')] } };
          ids.push((await room.ledger.append(write, { type: 'test.happened', about: [], facts: {}, parts })).id);
        }
      });
      return ids;
    }
    const generations = async (context: Context): Promise<readonly string[]> =>
      (
        await room.database.asAdmin<{ key: string }>(
          `select distinct convert_from(wrapped_key, 'UTF8')::jsonb ->> 'keyId' as key from ledger_payload where tenant = $1 and wrapped_key <> ''
           union select key_id from subject_key where tenant = $1 and wrapped is not null order by 1`,
          [context.tenant],
        )
      ).map(({ key }) => key);
    /** A store that has no generation but the newest, as after the former one was retired. */
    const withoutFormer = (): KeyProvider =>
      new Proxy(provider(), {
        get: (target, name, receiver) =>
          name !== 'unwrap'
            ? (Reflect.get(target, name, receiver) as unknown)
            : async (...asked: Parameters<KeyProvider['unwrap']>): Promise<Uint8Array> => {
                if (asked[1].keyId !== 'file-2') throw new Error(`${asked[1].keyId} was retired`);
                return target.unwrap(...asked);
              },
      });
    const read = (context: Context, id: EntryId, keys: KeyProvider): Promise<string | null> =>
      room.database.unitOfWork.read(context, async (read) => {
        const rows = await read.manager.query<{ wrapped_key: Uint8Array; sealed: Uint8Array }[]>(
          `select wrapped_key, sealed from ledger_payload where tenant = $1 and entry = $2`,
          [context.tenant, id],
        );
        const [row] = rows;
        const key = row && (await new Sealing(new SubjectKeyRepository(), keys).openDataKey(read, row.wrapped_key));
        if (!row || !key) return null;
        const plain = unseal(key, row.sealed, partAssociatedData(context.tenant, id, PART));
        return Buffer.from(plain.subarray(SALT_BYTES)).toString('utf8');
      });

    it('are wrapped anew too, so that the former generation can be retired', async () => {
      const [context, other] = [room.context(), room.context()];
      const entries = await write(context, 130);
      await write(other, 2);
      expect(await rotationWith(provider()).carryOut(context, 'file-1')).toBe(260);
      expect(await generations(context)).toEqual(['file-2']);
      expect(await generations(other)).toEqual(['file-1']);
      for (const [n, id] of entries.entries()) expect(await read(context, id, withoutFormer())).toBe(`because of ${n}`);
      expect(await rotations(context)).toEqual([
        { keyId: 'file-2', rewrapped: 100 },
        { keyId: 'file-2', rewrapped: 30 },
        { keyId: 'file-2', rewrapped: 100, of: 'ledger_payload' },
        { keyId: 'file-2', rewrapped: 30, of: 'ledger_payload' },
      ]);
    });

    it('are looked through once more, for what was under way, and then no more', async () => {
      const context = room.context();
      await write(context, 1);
      const waiting = async (): Promise<unknown[]> =>
        room.database.asAdmin(`select payload, run_at > now() as later from job where tenant = $1 and state = 'queued'`, [context.tenant]);
      await rotationWith(provider()).carryOut(context, 'file-1');
      expect(await waiting()).toEqual([{ payload: { replaces: 'file-1' }, later: true }]);
      await room.database.asAdmin('delete from job where tenant = $1', [context.tenant]);
      expect(await rotationWith(provider()).carryOut(context, 'file-1')).toBe(0);
      expect(await waiting()).toEqual([]);
    });

    it('go on where they were interrupted, and two at once wrap each once', async () => {
      const context = room.context();
      const entries = await write(context, 150);
      let wraps = 0;
      const failing = new Proxy(provider(), {
        get: (target, name, receiver) =>
          name !== 'wrap'
            ? (Reflect.get(target, name, receiver) as unknown)
            : async (...asked: Parameters<KeyProvider['wrap']>): Promise<WrappedKey> => {
                wraps += 1;
                if (wraps > 150 + 120) throw new Error('away');
                return target.wrap(...asked);
              },
      });
      await expect(rotationWith(failing).carryOut(context, 'file-1')).rejects.toThrow('away');
      expect(await generations(context)).toEqual(['file-1', 'file-2']);
      for (const id of [entries[0], entries[149]]) expect(await read(context, id ?? newId('entry'), provider())).not.toBeNull();
      const counts = await Promise.all([1, 2].map(() => rotationWith(provider()).carryOut(context, 'file-1')));
      expect(counts.reduce((a, b) => a + b)).toBe(50);
      expect(await generations(context)).toEqual(['file-2']);
      for (const [n, id] of entries.entries()) expect(await read(context, id, withoutFormer())).toBe(`because of ${n}`);
    });

    it('of what was destroyed meanwhile do not come back', async () => {
      const context = room.context();
      const [gone, stays] = await write(context, 2);
      let destroyed = false;
      const destroying = new Proxy(provider(), {
        get: (target, name, receiver) =>
          name !== 'unwrap'
            ? (Reflect.get(target, name, receiver) as unknown)
            : async (...asked: Parameters<KeyProvider['unwrap']>): Promise<Uint8Array> => {
                const plain = await target.unwrap(...asked);
                // the two subjects' keys come first
                if (!destroyed)
                  await room.database.asAdmin('delete from ledger_payload where tenant = $1 and entry = $2', [context.tenant, gone]);
                destroyed = true;
                return plain;
              },
      });
      expect(await rotationWith(destroying).carryOut(context, 'file-1')).toBe(3);
      expect(await read(context, gone ?? newId('entry'), provider())).toBeNull();
      expect(await read(context, stays ?? newId('entry'), withoutFormer())).toBe('because of 1');
    });
  });

  it('is asked for as one job, with its event', async () => {
    const context = room.context();
    const rotation = rotationWith(provider());
    for (let times = 0; times < 2; times += 1) await room.database.unitOfWork.write(context, (write) => rotation.request(write));
    const jobs = await room.database.asAdmin('select payload from job where tenant = $1 and kind = $2', [context.tenant, 'key-rotation']);
    expect(jobs).toEqual([{ payload: { replaces: 'file-1' } }]);
  });
});
