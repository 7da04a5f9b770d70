import { createHash, randomBytes } from 'node:crypto';
import type { Asset, Version } from '@imprimatur/domain/assets';
import { type Context, type ItemId, newId, type TenantId, type VersionId } from '@imprimatur/kernel';
import { until } from '../../support/service';
import { codeOf, openRooms, type Rooms, upload, valueOf } from './rooms';

let rooms: Rooms;
let tenant: TenantId;
let creator: Context;
let system: Context;

beforeAll(async () => {
  rooms = await openRooms();
  tenant = await rooms.newTenant();
  creator = await rooms.person(tenant, 'creator');
  system = rooms.system(tenant);
});
afterAll(() => rooms.close());

const uploaded = async (who = creator, bytes: Uint8Array = randomBytes(2000)): Promise<{ asset: Asset; version: Version }> =>
  valueOf(await rooms.write(who, (write) => rooms.assets.upload(write, upload(bytes))));

async function edited(asset: Asset, parent: VersionId, item: ItemId | null = newId('item')): Promise<Version> {
  return valueOf(
    await rooms.write(system, async (write) => {
      const blob = await rooms.assets.storeBlob(write, randomBytes(500), { format: 'png', subjects: [] });
      const made = { asset: asset.id, parent, blob: blob.id, width: 40, height: 30, format: 'png', origin: 'turn' as const, item };
      return rooms.assets.addVersion(write, { ...made, operations: [{ operation: 'text', text: 'Happy birthday, Anna' }] });
    }),
  );
}

describe('an upload', () => {
  it('keeps the file byte for byte as version 1 and writes its event, with digest, name and rights as parts', async () => {
    const bytes = randomBytes(5000);
    const { asset, version } = await uploaded(creator, bytes);
    expect(version).toMatchObject({ number: 1, parent: null, origin: 'upload', width: 400, height: 300, format: 'jpeg', releasedAt: null });
    const digest = createHash('sha256').update(bytes).digest();
    expect(Buffer.from(version.sha256 ?? []).equals(digest)).toBe(true);
    const picture = valueOf(await rooms.read(creator, (read) => rooms.assets.picture(read, version.id)));
    expect(Buffer.from(picture.bytes).equals(bytes)).toBe(true);
    expect(valueOf(await rooms.read(creator, (read) => rooms.assets.find(read, asset.id)))).toEqual(asset);
    expect(asset.facts).toEqual({ format: 'jpeg', width: 400, height: 300, orientation: 1, rights: { creator: 'somebody' } });

    const [event] = await rooms.entries(tenant, asset.id);
    expect(event?.type).toBe('asset.uploaded');
    expect(event?.about).toEqual([
      { kind: 'asset', id: asset.id, seq: 1, prev: null },
      { kind: 'version', id: version.id },
    ]);
    expect(Object.keys(event?.parts ?? {}).sort()).toEqual(['name', 'picture', 'rights']);
    const said = JSON.stringify(event);
    for (const secret of [digest.toString('hex'), digest.toString('base64url'), 'portrait.jpg']) expect(said).not.toContain(secret);
  });

  it('is refused without a name, and leaves nothing', async () => {
    const before = (await rooms.entries(tenant)).length;
    const refused = await rooms.write(creator, (write) => rooms.assets.upload(write, upload(randomBytes(10), { name: ' ' })));
    expect(codeOf(refused)).toBe('ASSET_NAME_INVALID');
    expect((await rooms.entries(tenant)).length).toBe(before);
  });

  it('is refused to a role that may not create', async () => {
    const auditor = await rooms.person(tenant, 'auditor');
    expect(codeOf(await rooms.write(auditor, (write) => rooms.assets.upload(write, upload(randomBytes(10)))))).toBe('FORBIDDEN');
  });

  it('leaves no row and no event when its transaction rolls back', async () => {
    const before = await rooms.database.asAdmin(
      'select (select count(*) from asset) a, (select count(*) from blob) b, (select count(*) from ledger_entry) e',
    );
    const failing = rooms.write(creator, async (write) => {
      valueOf(await rooms.assets.upload(write, upload(randomBytes(10))));
      throw new Error('the caller failed');
    });
    await expect(failing).rejects.toThrow('the caller failed');
    expect(
      await rooms.database.asAdmin(
        'select (select count(*) from asset) a, (select count(*) from blob) b, (select count(*) from ledger_entry) e',
      ),
    ).toEqual(before);
  });
});

describe('versions', () => {
  it('are numbered without gap or double by 20 concurrent writers', async () => {
    const { asset, version } = await uploaded();
    const made = await Promise.all(Array.from({ length: 20 }, () => edited(asset, version.id)));
    expect(made.map(({ number }) => number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at + 2));
    const seqs = (await rooms.entries(tenant, asset.id)).map((entry) => entry.about.find(({ kind }) => kind === 'asset')?.seq);
    expect([...seqs].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 21 }, (_, at) => at + 1));
  });

  it('lead back to their upload, past other branches', async () => {
    const { asset, version } = await uploaded();
    const left = await edited(asset, version.id);
    const right = await edited(asset, version.id);
    const leaf = await edited(asset, left.id);
    const line = await rooms.read(creator, (read) => rooms.assets.lineage(read, leaf.id));
    expect(line.map(({ id }) => id)).toEqual([leaf.id, left.id, version.id]);
    expect(line[0]).toEqual(leaf);
    expect((await rooms.read(creator, (read) => rooms.assets.lineage(read, right.id))).map(({ number }) => number)).toEqual([3, 1]);
  });

  it('are listed by pages, oldest first', async () => {
    const { asset, version } = await uploaded();
    for (let at = 0; at < 4; at += 1) await edited(asset, version.id);
    const page = (after: string | null) => rooms.read(creator, (read) => rooms.assets.listVersions(read, asset.id, { first: 3, after }));
    expect((await page(null)).map(({ number }) => number)).toEqual([1, 2, 3]);
    expect((await page('3')).map(({ number }) => number)).toEqual([4, 5]);
  });

  it('keep what was done sealed, for those who may see pictures', async () => {
    const { asset, version } = await uploaded();
    const made = await edited(asset, version.id);
    const expected = [{ operation: 'text', text: 'Happy birthday, Anna' }];
    expect(await rooms.read(creator, (read) => rooms.assets.operations(read, made.id))).toEqual(expected);
    expect(await rooms.read(creator, (read) => rooms.assets.operations(read, version.id))).toBeNull();
    const admin = await rooms.person(tenant, 'policy-admin');
    expect(await rooms.read(admin, (read) => rooms.assets.operations(read, made.id))).toBeNull();
    const [row] = await rooms.database.asAdmin<{ operations: Buffer }>('select operations from version where id = $1', [made.id]);
    expect(row?.operations.toString('latin1')).not.toContain('Anna');
  });

  it('are made from a version of the same asset only', async () => {
    const [one, other] = [await uploaded(), await uploaded()];
    await expect(edited(one.asset, other.version.id)).rejects.toThrow('NOT_FOUND');
    expect(valueOf(await rooms.read(creator, (read) => rooms.assets.find(read, one.asset.id))).versionCount).toBe(1);
  });

  it('never change: the app role may set a release and a block, and nothing else', async () => {
    const { version } = await uploaded();
    const change = (sql: string) => rooms.write(creator, (write) => write.manager.query(sql, [version.id]));
    await expect(change(`update version set number = 9 where id = $1`)).rejects.toThrow('permission denied');
    await expect(change(`delete from version where id = $1`)).rejects.toThrow('permission denied');
  });
});

describe('a target', () => {
  it('is the newest version unless one is named', async () => {
    const { asset, version } = await uploaded();
    const newest = await edited(asset, version.id);
    const target = (id?: VersionId) => rooms.read(creator, (read) => rooms.assets.findTarget(read, asset.id, id));
    expect(valueOf(await target())).toEqual({ asset: asset.id, version: newest.id, width: 40, height: 30 });
    expect(valueOf(await target(version.id))).toEqual({ asset: asset.id, version: version.id, width: 400, height: 300 });
    expect(codeOf(await target(newId('version')))).toBe('NOT_FOUND');
  });
});

describe('a release', () => {
  const grounds = () => ({ turn: newId('turn'), item: newId('item'), decisions: [newId('decision')], facts: { bundle: 'starter@1.0.0' } });

  it('is written once, with the picture as a part and the decision it rests on', async () => {
    const { asset, version } = await uploaded();
    const approver = await rooms.person(tenant, 'approver');
    const by = grounds();
    const release = () => rooms.write(approver, (write) => rooms.assets.release(write, version.id, by));
    const released = valueOf(await release());
    expect(released.releasedAt).not.toBeNull();
    expect(valueOf(await release()).releasedAt).toEqual(released.releasedAt);
    const events = (await rooms.entries(tenant, asset.id)).filter(({ type }) => type === 'version.released');
    expect(events).toHaveLength(1);
    expect(events[0]?.actor.ref).toBe(approver.actor.ref);
    expect(events[0]?.about).toContainEqual({ kind: 'decision', id: by.decisions[0] });
    expect(Object.keys(events[0]?.parts ?? {})).toEqual(['picture']);
  });

  it('is not for creators', async () => {
    const { version } = await uploaded();
    expect(codeOf(await rooms.write(creator, (write) => rooms.assets.release(write, version.id, grounds())))).toBe('FORBIDDEN');
  });

  it('ends with a block of the version or of what it was made from', async () => {
    const { asset, version } = await uploaded();
    const child = await edited(asset, version.id);
    const grandchild = await edited(asset, child.id);
    const sibling = await edited(asset, version.id);
    valueOf(await rooms.write(system, (write) => rooms.assets.release(write, grandchild.id, grounds())));
    const blocked = await rooms.write(system, (write) => rooms.assets.block(write, child.id, 'CONSENT_WITHDRAWN'));
    expect(blocked.map(({ id }) => id)).toEqual([child.id, grandchild.id]);
    const now = valueOf(await rooms.read(creator, (read) => rooms.assets.findVersion(read, grandchild.id)));
    expect(now.releasedAt).toBeNull();
    expect(now.blockedAt).not.toBeNull();
    expect(codeOf(await rooms.write(system, (write) => rooms.assets.release(write, grandchild.id, grounds())))).toBe('VERSION_BLOCKED');
    await expect(edited(asset, grandchild.id)).rejects.toThrow('VERSION_BLOCKED');
    expect(codeOf(await rooms.read(creator, (read) => rooms.assets.findTarget(read, asset.id, child.id)))).toBe('VERSION_BLOCKED');
    expect(valueOf(await rooms.read(creator, (read) => rooms.assets.findVersion(read, sibling.id))).blockedAt).toBeNull();
    expect(await rooms.write(system, (write) => rooms.assets.block(write, child.id, 'AGAIN'))).toEqual([]);
    const events = (await rooms.entries(tenant, asset.id)).filter(({ type }) => type === 'version.blocked');
    expect(events.map(({ facts }) => facts['wasReleased'])).toEqual([false, true]);
  });

  it('reaches a version that is being made from it in a transaction that has not committed', async () => {
    const { asset, version } = await uploaded();
    const parent = await edited(asset, version.id);
    let commit = (): void => undefined;
    const mayCommit = new Promise<void>((resolve) => (commit = resolve));
    const made = new Promise<Version>((resolve, reject) => {
      const adding = rooms.write(system, async (write) => {
        const child = {
          asset: asset.id,
          parent: parent.id,
          blob: parent.blob,
          width: 1,
          height: 1,
          format: 'png',
          origin: 'turn' as const,
          item: null,
        };
        resolve(valueOf(await rooms.assets.addVersion(write, { ...child, operations: [] })));
        await mayCommit;
      });
      adding.catch(reject);
    });
    const child = await made;
    const blocking = rooms.write(system, (write) => rooms.assets.block(write, parent.id, 'RECALL'));
    const waits = () => rooms.database.asAdmin(`select 1 from pg_locks where not granted`);
    await until(waits, (rows) => rows.length > 0);
    commit();
    expect((await blocking).map(({ id }) => id)).toEqual([parent.id, child.id]);
  });

  it('leaves nothing open beside versions that are being made', async () => {
    for (let run = 0; run < 8; run += 1) {
      const { asset, version } = await uploaded();
      const parent = await edited(asset, version.id);
      await Promise.allSettled([
        rooms.write(system, (write) => rooms.assets.block(write, parent.id, 'RECALL')),
        edited(asset, parent.id),
        edited(asset, parent.id),
      ]);
      const open = await rooms.database.asAdmin('select 1 from version where asset = $1 and number > 1 and blocked_at is null', [asset.id]);
      expect(open).toEqual([]);
    }
  });
});

describe('another tenant', () => {
  it('sees nothing of it, exactly as if it were not there', async () => {
    const { asset, version } = await uploaded();
    const stranger = await rooms.person(await rooms.newTenant(), 'creator', 'approver', 'auditor');
    const absent = newId('asset');
    const find = (id: typeof asset.id) => rooms.read(stranger, (read) => rooms.assets.find(read, id));
    expect(await find(asset.id)).toEqual(await find(absent));
    expect(codeOf(await rooms.read(stranger, (read) => rooms.assets.picture(read, version.id)))).toBe('NOT_FOUND');
    expect(codeOf(await rooms.read(stranger, (read) => rooms.assets.readBlob(read, version.blob)))).toBe('NOT_FOUND');
    expect(codeOf(await rooms.read(stranger, (read) => rooms.assets.readBlob(read, version.sha256 ?? new Uint8Array(32))))).toBe(
      'NOT_FOUND',
    );
    expect(await rooms.read(stranger, (read) => rooms.assets.list(read, { first: 10, after: null }))).toEqual([]);
    expect(await rooms.read(stranger, (read) => rooms.assets.lineage(read, version.id))).toEqual([]);
    expect(
      codeOf(
        await rooms.write(stranger, (write) =>
          rooms.assets.release(write, version.id, { turn: newId('turn'), item: newId('item'), decisions: [], facts: {} }),
        ),
      ),
    ).toBe('NOT_FOUND');
  });
});
