import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519Verify, hmacSha256, sha256 as hash } from '@imprimatur/domain/ledger';
import { verifyReceipt } from '@imprimatur/formats/ledger';
import { decodeBundle, leafHash, parseCheckpoint, Tree } from '@imprimatur/formats/merkle';
import { type Context, type EntryId, type ErasureId, newId, type SubjectId, type TenantId } from '@imprimatur/kernel';
import { everywhereIn, type Portrait, portraitIn } from './portraits';
import { codeOf, type Person, RetentionRoom, sha256, traces, valueOf } from './retention-room';

let room: RetentionRoom;
let tenant: TenantId;
let legal: Person;
let admin: Person;
let creator: Person;
const tools = { sha256: hash, hmacSha256, ed25519Verify, logKeys: [] };

beforeAll(async () => {
  room = await RetentionRoom.open();
  await room.startSequencer();
  tenant = await room.newTenant();
  legal = await room.person(tenant, 'legal');
  admin = await room.person(tenant, 'tenant-admin');
  creator = await room.person(tenant, 'creator');
});
afterAll(() => room?.close());

const erase = (who: Context, subject: SubjectId, planDigest: Uint8Array, reason = 'asked') =>
  room.write(who, (write) => room.erasure.erase(write, { subject, planDigest, reason }));
const portrait = () => portraitIn(room, { tenant, legal, creator });
const everywhere = (found: Portrait) => everywhereIn(room, { tenant, legal, creator }, found);
const planOf = async (subject: SubjectId) => valueOf(await room.read(legal, (read) => room.erasure.plan(read, subject)));

/** Names of every object in the blob store, of every tenant. */
function objects(): readonly string[] {
  return readdirSync(join(room.home, 'blobs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.length > 60);
}

describe('the plan of an erasure', () => {
  it('lists every copy, who else is in the pictures, and what cannot be recalled, and changes nothing', async () => {
    const found = await portrait();
    await everywhere(found);
    const other = await room.consent(legal, found.version);
    const before = await room.types(tenant);
    const plan = await planOf(found.subject);
    expect(await room.types(tenant)).toEqual(before);
    const counts = Object.fromEntries(plan.groups.map(({ kind, ids }) => [kind, ids.length]));
    expect(counts).toMatchObject({
      key: 1,
      person: 1,
      original: 1,
      derivative: 1,
      export: 1,
      fingerprint: 2,
      screening: 1,
      mask: 1,
      'consent-notice': 1,
      verdict: 1,
      'review-digest': 1,
      'asset-name': 1,
      'session-name': 1,
      lookalike: 0,
    });
    expect(counts['ledger-payload']).toBeGreaterThan(5);
    expect(plan.affected).toEqual([{ subject: other, versions: [found.version.id] }]);
    expect(plan.downloads.length).toBe(1);
    expect(plan.holds).toEqual([]);
    expect(plan.erasure).toBeNull();
  });

  it('is the same until something changes, and another then', async () => {
    const found = await portrait();
    const digest = await room.planDigest(legal, found.subject);
    expect(await room.planDigest(legal, found.subject)).toEqual(digest);
    await room.derive(tenant, found.version);
    expect(await room.planDigest(legal, found.subject)).not.toEqual(digest);
    expect(codeOf(await erase(legal, found.subject, digest))).toBe('PLAN_CHANGED');
    expect(await room.types(tenant, found.subject)).not.toContain('subject.erased');
  });

  it('finds the same pixels in another file, and shows what only looks alike', async () => {
    const found = await portrait();
    const [again, near] = [await room.upload(creator), await room.upload(creator)];
    await room.screen(tenant, again.version, { pixels: found.pixels });
    const bits = Buffer.from(found.fingerprint, 'hex');
    bits[0] = (bits[0] ?? 0) ^ 3;
    await room.screen(tenant, near.version, { fingerprint: bits.toString('hex') });
    const plan = await planOf(found.subject);
    const idsOf = (kind: string) => plan.groups.find((group) => group.kind === kind)?.ids ?? [];
    expect(idsOf('original')).toEqual(expect.arrayContaining([found.version.id, again.version.id]));
    expect(idsOf('lookalike')).toEqual([near.version.id]);
  });
});

describe('an erasure', () => {
  it('leaves no trace of the picture, and every proof', async () => {
    const found = await portrait();
    const { signed, task } = await everywhere(found);
    const digests = [sha256(found.bytes), sha256(found.derived), sha256(signed), found.pixels, Buffer.from(found.fingerprint, 'hex')];
    expect((await traces(room.database, digests)).length).toBeGreaterThan(5);
    const before = objects().length;
    const entries = await room.database.asAdmin<{ id: EntryId; parts: string[] }>(
      `select e.id, array_agg(p.part) as parts from ledger_entry e join ledger_payload_subject p on p.tenant = e.tenant and p.entry = e.id
        where p.tenant = $1 and p.subject = $2 group by e.id`,
      [tenant, found.subject],
    );
    expect(entries.length).toBeGreaterThan(0);
    await room.signed(tenant);
    const uploaded = await room.read(legal, (read) =>
      room.reader.events(read, { about: { kind: 'version', id: found.version.id }, first: 1, after: null }),
    );
    const receiptBefore = await room.read(legal, (read) => room.reader.receipt(read, uploaded[0]?.id ?? newId('entry'), ['picture']));

    const id = await room.erase(legal, found.subject);
    // from the commit on, before the worker has done anything
    await room.read(legal, async (read) => {
      for (const { id: entry, parts } of entries)
        for (const part of parts) expect([part, await room.reader.openPart(read, entry, part)]).toEqual([part, null]);
      expect(codeOf(await room.assets.readBlob(read, found.version.blob))).toBe('BLOB_ERASED');
      expect(codeOf(await room.assets.readBlob(read, found.made.blob))).toBe('BLOB_ERASED');
    });
    await room.carryOut(tenant, id);

    expect(await traces(room.database, digests)).toEqual([]);
    expect(await traces(room.database, [Buffer.from('Maria')])).toEqual([]);
    expect(objects().length).toBe(before - 4);
    for (const name of objects()) {
      const bytes = readFileSync(join(room.home, 'blobs', name));
      expect(bytes.includes(Buffer.from(found.bytes).subarray(0, 64))).toBe(false);
    }
    expect(await room.types(tenant, found.subject)).toEqual(expect.arrayContaining(['subject.erased', 'subject.erasure-completed']));
    expect((await room.types(tenant, found.asset.id)).at(-1)).toBe('asset.erased');
    const [row] = await room.database.asAdmin<{ digest: Buffer | null }>(`select content_digest as digest from review_task where id = $1`, [
      task,
    ]);
    expect(row?.digest).toBeNull();

    await room.signed(tenant);
    await room.read(legal, async (read) => {
      expect(verifyReceipt(receiptBefore, tools)).toMatchObject({ status: 'consistent' });
      const after = await room.reader.receipt(read, uploaded[0]?.id ?? newId('entry'));
      expect(verifyReceipt(after, tools)).toMatchObject({ status: 'consistent' });
      expect(await room.reader.openPart(read, uploaded[0]?.id ?? newId('entry'), 'picture')).toBeNull();
      // the whole log, as it would be exported
      const tree = Tree.empty(hash);
      for (const path of (await room.reader.paths(read)).filter((each) => each.startsWith('tile/entries/')))
        for (const bytes of decodeBundle((await room.reader.file(read, path)) ?? new Uint8Array()) ?? [])
          tree.append(leafHash(hash, bytes));
      const checkpoint = parseCheckpoint(Buffer.from((await room.reader.file(read, 'checkpoint')) ?? []).toString());
      expect(Buffer.from(tree.root())).toEqual(Buffer.from(checkpoint?.root ?? []));
    });
    expect(room.faults).toEqual([]);
  }, 60_000);

  it('leaves tombstones that can be listed, and nothing that can be worked on', async () => {
    const found = await portrait();
    const { item } = await everywhere(found);
    await room.carryOut(tenant, await room.erase(legal, found.subject));
    await room.read(creator, async (read) => {
      const asset = valueOf(await room.assets.find(read, found.asset.id));
      expect(asset).toMatchObject({ name: 'erased', c2pa: null, facts: { format: 'jpeg', width: 400, height: 300 } });
      expect(asset.erasedAt).not.toBeNull();
      const versions = await room.assets.listVersions(read, found.asset.id, { first: 10, after: null });
      expect(versions.map(({ sha256: digest, erasedAt }) => [digest, erasedAt !== null])).toEqual([
        [null, true],
        [null, true],
      ]);
      expect(codeOf(await room.assets.findTarget(read, found.asset.id))).toBe('VERSION_BLOCKED');
      expect(await room.assets.operations(read, found.made.id)).toBeNull();
      const [screening] = await room.screenings.ofVersions(read, [found.version.id]);
      expect(screening).toMatchObject({ state: 'failed', failure: 'ERASED', result: null });
      expect(valueOf(await room.editing.findItem(read, newItem(item))).state).toBe('failed');
    });
    // a result that comes late is not kept
    await room.screen(tenant, found.version);
    const [late] = await room.read(creator, (read) => room.screenings.ofVersions(read, [found.version.id]));
    expect(late?.state).toBe('failed');
    const added = room.derive(tenant, found.version);
    await expect(added).rejects.toThrow('VERSION_BLOCKED');
    await expect(room.write(creator, (write) => room.assets.keepFromErasure(write, found.version.id))).rejects.toMatchObject({
      code: 'CONTENT_ERASED',
    });
  });

  it('lets the same bytes be stored anew', async () => {
    const found = await portrait();
    await room.carryOut(tenant, await room.erase(legal, found.subject));
    const again = await room.upload(creator, found.bytes);
    expect(valueOf(await room.read(creator, (read) => room.assets.readBlob(read, again.version.blob)))).toEqual(Buffer.from(found.bytes));
  });

  it('seals nothing for the person again', async () => {
    const found = await portrait();
    await room.erase(legal, found.subject);
    const { wrapped } = await room.write(legal, (write) => room.sealing.newDataKey(write, [found.subject]));
    expect(await room.read(legal, (read) => room.sealing.openDataKey(read, wrapped))).toBeNull();
    // also where there never was a key
    const nobody = await room.person(tenant);
    await room.erase(legal, nobody.actor.subject);
    const later = await room.write(legal, (write) => room.sealing.newDataKey(write, [nobody.actor.subject]));
    expect(await room.read(legal, (read) => room.sealing.openDataKey(read, later.wrapped))).toBeNull();
  });

  it('takes what a member asked for, and leaves the pictures of others', async () => {
    const author = await room.person(tenant, 'creator');
    const { asset, version, bytes } = await room.upload(author);
    const session = valueOf(
      await room.write(author, (write) =>
        room.editing.openSession(write, { name: 's', useCase: 'u', channel: 'c', territory: 'DE', assets: [asset.id] }),
      ),
    );
    const target = { asset: asset.id, version: version.id, width: 400, height: 300 };
    const { turn } = valueOf(
      await room.write(author, (write) =>
        room.editing.submitTurn(write, { session: session.id, prompt: 'My own words', targets: [target], masks: [] }),
      ),
    );
    await room.carryOut(tenant, await room.erase(legal, author.actor.subject));
    await room.read(creator, async (read) => {
      expect(await room.editing.contents(read, turn.id)).toBeNull();
      expect((await room.editing.listTurns(read, session.id, { first: 5, after: null })).length).toBe(1);
      expect(valueOf(await room.assets.readBlob(read, version.blob))).toEqual(Buffer.from(bytes));
    });
    const [subject] = await room.database.asAdmin<{ name: string | null }>(`select display_name as name from subject where id = $1`, [
      author.actor.subject,
    ]);
    expect(subject?.name).toBeNull();
  });

  it('is done once: again, and ten times at once, answers the first', async () => {
    const { subject } = await portrait();
    const digest = await room.planDigest(legal, subject);
    const ids = (await Promise.all(Array.from({ length: 10 }, () => erase(legal, subject, digest)))).map(valueOf);
    expect(new Set(ids).size).toBe(1);
    expect(valueOf(await erase(legal, subject, new Uint8Array(32)))).toBe(ids[0]);
    expect((await room.types(tenant, subject)).filter((type) => type === 'subject.erased').length).toBe(1);
    await room.carryOut(tenant, ids[0] ?? newId('erasure'));
    await room.carryOut(tenant, ids[0] ?? newId('erasure'));
    expect((await room.types(tenant, subject)).filter((type) => type === 'subject.erasure-completed').length).toBe(1);
  });

  it.each(['asset', 'subject', 'tenant', 'session', 'the subject of somebody else in the picture'])(
    'is refused while a hold on %s covers it, and done when it is released',
    async (on) => {
      const found = await portrait();
      await everywhere(found);
      const other = await room.consent(legal, found.version);
      const [session] = await room.database.asAdmin<{ id: string }>(`select session as id from session_asset where asset = $1`, [
        found.asset.id,
      ]);
      const targets = {
        asset: { kind: 'asset', id: found.asset.id },
        subject: { kind: 'subject', id: found.subject },
        tenant: { kind: 'tenant', id: tenant },
        session: { kind: 'session', id: session?.id ?? '' },
      } as const;
      const target = on in targets ? targets[on as keyof typeof targets] : ({ kind: 'subject', id: other } as const);
      const hold = valueOf(
        await room.write(legal, (write) => room.holdFlow.place(write, { target, matter: newId('request'), reason: 'why' })),
      );
      const refused = await erase(legal, found.subject, await room.planDigest(legal, found.subject));
      expect(refused).toMatchObject({ ok: false, refusal: { code: 'UNDER_LEGAL_HOLD', holds: [hold.id] } });
      expect(valueOf(await room.read(legal, (read) => room.assets.readBlob(read, found.version.blob)))).toEqual(Buffer.from(found.bytes));
      valueOf(await room.write(admin, (write) => room.holds.release(write, hold.id, 'over')));
      expect((await erase(legal, found.subject, await room.planDigest(legal, found.subject))).ok).toBe(true);
    },
  );

  it('of nobody, of another tenant, without the right or a reason, or of the last administrator is refused', async () => {
    const digest = new Uint8Array(32);
    const stranger = await room.person(await room.newTenant(), 'legal');
    expect(codeOf(await erase(legal, newId('subject'), digest))).toBe('NOT_FOUND');
    expect(codeOf(await erase(legal, stranger.actor.subject, digest))).toBe('NOT_FOUND');
    expect(codeOf(await room.read(legal, (read) => room.erasure.plan(read, stranger.actor.subject)))).toBe('NOT_FOUND');
    const { subject } = await portrait();
    for (const role of ['creator', 'approver', 'auditor', 'tenant-admin'] as const)
      expect(codeOf(await erase(await room.person(tenant, role), subject, digest))).toBe('FORBIDDEN');
    expect(codeOf(await erase(legal, subject, digest, ' '))).toBe('REASON_INVALID');
    expect(codeOf(await erase(legal, subject, digest))).toBe('PLAN_CHANGED');
    const alone = await room.newTenant();
    const [counsel, only] = [await room.person(alone, 'legal'), await room.person(alone, 'tenant-admin')];
    await room.database.asAdmin(`insert into member (tenant, id, roles, created_at) values ($1, $2, '{tenant-admin}', now())`, [
      alone,
      only.actor.subject,
    ]);
    expect(codeOf(await erase(counsel, only.actor.subject, await room.planDigest(counsel, only.actor.subject)))).toBe('LAST_ADMINISTRATOR');
  });

  it('goes on after a store that failed, and after every step that was cut off', async () => {
    const found = await portrait();
    await everywhere(found);
    const id: ErasureId = await room.erase(legal, found.subject);
    const remove = jest.spyOn(room.store, 'remove').mockRejectedValueOnce(new Error('the store is away'));
    await expect(room.carryOut(tenant, id)).rejects.toThrow('the store is away');
    remove.mockRestore();
    for (let steps = 0; steps < 40; steps += 1) {
      // stopped at each of its questions whether to go on
      let asked = 0;
      const signal = { throwIfAborted: () => void (asked++ === steps && stop()) } as unknown as AbortSignal;
      const done = await room.work.carryOut(room.system(tenant), id, { signal, complete: () => Promise.resolve() }).then(
        () => true,
        () => false,
      );
      if (done) break;
    }
    const erasure = valueOf(await room.read(legal, (read) => room.erasures.find(read, id)));
    expect(erasure.completedAt).not.toBeNull();
    expect(await traces(room.database, [sha256(found.bytes), sha256(found.derived), found.pixels])).toEqual([]);
    const counts = await room.read(legal, (read) => room.erasures.counts(read, id));
    expect(counts.every(({ planned, done }) => planned === done)).toBe(true);
  });
});

function stop(): never {
  throw new Error('stopped');
}

const newItem = (id: string) => id as ReturnType<typeof newId<'item'>>;
