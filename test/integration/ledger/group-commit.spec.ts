import { verifyReceipt } from '@imprimatur/formats/ledger';
import { consistencyProof, inclusionProof, isSignedBy, parseCheckpoint, parseVkey, verifyInclusion } from '@imprimatur/formats/merkle';
import { ed25519Verify, GroupCommit, hmacSha256, type NewEvent, Sequencer, sha256, type SignedEntry } from '@imprimatur/domain/ledger';
import { StatefulSigner } from '@imprimatur/domain/log-signer';
import { type AssetId, type Context, newId, type SubjectId } from '@imprimatur/kernel';
import { join } from 'node:path';
import { TileRepository } from '../../../libs/domain/ledger/src/reading/tile.repository';
import { LedgerRoom } from './ledger-room';

const tools = { sha256, hmacSha256, ed25519Verify, logKeys: [] };
const about = (kind: 'asset' | 'session', id: string, more: Partial<NewEvent> = {}): NewEvent => ({
  type: 'test.happened',
  about: [{ kind, id }],
  facts: {},
  ...more,
});

describe('group commit of stand-alone entries', () => {
  let room: LedgerRoom;
  let sequencer: Sequencer;
  let group: GroupCommit;
  beforeEach(async () => {
    room = await LedgerRoom.open(12);
    sequencer = await room.startSequencer();
    group = new GroupCommit(sequencer, room.sealing, room.database.unitOfWork);
  });
  afterEach(() => room.close());

  const count = async (table: string): Promise<number> =>
    (await room.database.asAdmin<{ n: number }>(`select count(*)::int as n from ${table}`))[0]?.n ?? -1;

  /** From the answer alone, and the tree as the database has it. */
  const expectProven = async (context: Context, entry: SignedEntry): Promise<void> => {
    const checkpoint = parseCheckpoint(entry.checkpoint.note);
    if (!checkpoint) throw new Error('the answer holds a checkpoint');
    expect(checkpoint.size).toBe(entry.checkpoint.size);
    const proven = await room.database.unitOfWork.read(context, async (read) => {
      const tiles = new TileRepository(<Row>(sql: string, values: readonly unknown[]) => read.manager.query<Row[]>(sql, [...values]));
      return tiles.withNodes(context.tenant, (get) => inclusionProof(sha256, get, entry.index, checkpoint.size));
    });
    const claim = { leaf: entry.leafHash, index: entry.index, size: checkpoint.size, root: checkpoint.root, proof: proven };
    expect(verifyInclusion(sha256, claim)).toBe(true);
    const vkey = (await room.database.unitOfWork.read(context, (read) => room.reader.log(read)))?.vkey ?? '';
    const key = parseVkey(sha256, vkey);
    expect(key && isSignedBy(checkpoint, key, ed25519Verify)).toBe(true);
  };

  it('answers 1000 callers at once with places of their own, each under a signature, in far fewer rounds', async () => {
    const contexts = [room.context(), room.context(), room.context()];
    const callers = Array.from({ length: 1_000 }, (_, n) => contexts[n % 3] as Context);
    const answers = await Promise.all(
      callers.map((context, n) => group.append(context, about('session', newId('session'), { facts: { n } }))),
    );
    for (const [at, context] of contexts.entries()) {
      const own = answers.filter((_, n) => n % 3 === at);
      expect(new Set(own.map(({ index }) => index))).toEqual(new Set(own.keys()));
      await expectProven(context, own[0] as SignedEntry);
      await expectProven(context, own.at(-1) as SignedEntry);
      await room.database.unitOfWork.read(context, async (read) => {
        for (const { id } of own) expect(verifyReceipt(await room.reader.receipt(read, id), tools)).toMatchObject({ status: 'consistent' });
      });
    }
    expect(await count('ledger_checkpoint')).toBeLessThan(100);
    expect(await count('ledger_pending')).toBe(0);
    expect(room.faults).toEqual([]);
  });

  it('mixes with entries of business transactions in one tree', async () => {
    const context = room.context();
    const business = Array.from({ length: 40 }, () =>
      room.database.unitOfWork.write(context, (write) => room.ledger.append(write, about('asset', newId('asset')))),
    );
    const alone = Array.from({ length: 40 }, () => group.append(context, about('session', newId('session'))));
    const answers = await Promise.all(alone);
    await Promise.all(business);
    await room.signed(context, 80);
    for (const answer of answers) await expectProven(context, answer);
    const places = await room.database.asAdmin<{ index: string }>('select index from ledger_leaf order by index');
    expect(places.map(({ index }) => Number(index))).toEqual([...Array(80).keys()]);
    expect(room.faults).toEqual([]);
  });

  it('counts seq from 1 and links prev, with both kinds of writers on one asset at once', async () => {
    const context = room.context();
    const [asset, other] = [newId('asset'), newId('asset')];
    const write = (target: AssetId) =>
      room.database.unitOfWork.write(context, (within) => room.ledger.append(within, about('asset', target)));
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        n % 3 === 0
          ? write(asset)
          : group.append(context, about('asset', asset, { about: [asset, other].map((id) => ({ kind: 'asset', id })) })),
      ),
    );
    await room.signed(context, 30);
    const events = await room.database.unitOfWork.read(context, (read) =>
      room.reader.events(read, { about: { kind: 'asset', id: asset }, first: 100, after: null }),
    );
    const places = events
      .map(({ entry, bytes }) => ({
        ...entry.about[0],
        leaf: Buffer.from(sha256(Buffer.concat([Buffer.of(0), bytes]))).toString('base64url'),
      }))
      .sort((one, next) => (one.seq ?? 0) - (next.seq ?? 0));
    expect(places.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
    expect(places.map(({ prev }) => prev)).toEqual([null, ...places.slice(0, -1).map(({ leaf }) => leaf)]);
    expect(room.faults).toEqual([]);
  });

  it('seals parts as a business transaction does, and erasure takes them', async () => {
    const context = room.context();
    const subject: SubjectId = newId('subject');
    const { id } = await group.append(
      context,
      about('session', newId('session'), { parts: { reason: { value: 'because', subjects: [subject] } } }),
    );
    const open = () => room.database.unitOfWork.read(context, (read) => room.reader.openPart(read, id, 'reason'));
    expect((await open())?.bytes).toEqual(Buffer.from('because'));
    await room.database.unitOfWork.write(context, (write) => room.sealing.destroySubjectKey(write, subject));
    expect(await open()).toBeNull();
    expect(await room.database.unitOfWork.read(room.context(), (read) => room.reader.event(read, id))).toBeNull();
  });

  it('refuses what cannot be written, and nobody else suffers', async () => {
    const context = room.context();
    const good = () => group.append(context, about('session', newId('session')));
    const answers = await Promise.allSettled([
      good(),
      group.append(context, about('session', newId('session'), { facts: { score: 0.5 } })),
      group.append(context, about('asset', newId('asset'), { facts: { text: 'x'.repeat(66_000) } })),
      group.append(context, about('session', 'not an id')),
      good(),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled']);
    expect(await count('ledger_entry')).toBe(2);
    expect(await count('ledger_asset_head')).toBe(0);
    expect(room.faults).toEqual([]);
  });

  it('does not wait for ever for an asset that a transaction holds, and others not at all', async () => {
    const context = room.context();
    const asset = newId('asset');
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let holds = (): void => undefined;
    const isHeld = new Promise<void>((resolve) => (holds = resolve));
    const holder = room.database.unitOfWork.write(context, async (write) => {
      await room.ledger.append(write, about('asset', asset));
      holds();
      await held;
    });
    await isHeld;
    const [busy, free] = await Promise.allSettled([
      group.append(context, about('asset', asset)),
      group.append(context, about('session', newId('session'))),
    ]);
    expect(busy).toMatchObject({ status: 'rejected', reason: { code: 'ASSET_BUSY', retryable: true } });
    expect(free.status).toBe('fulfilled');
    release();
    await holder;
    await group.append(context, about('asset', asset));
    expect(await room.database.asAdmin('select seq::int from ledger_asset_head')).toEqual([{ seq: 2 }]);
    expect(room.faults).toEqual([]);
  });

  it('sends callers of the one that waits away, until it takes over', async () => {
    const context = room.context();
    const second = await room.startSequencer();
    const standby = new GroupCommit(second, room.sealing, room.database.unitOfWork);
    await group.append(context, about('session', newId('session')));
    await expect(standby.append(context, about('session', newId('session')))).rejects.toMatchObject({
      code: 'NOT_SEQUENCING',
      retryable: true,
    });
    const last = Array.from({ length: 50 }, () => group.append(context, about('session', newId('session'))));
    const stopping = sequencer.stop();
    const outcomes = await Promise.allSettled(last);
    await stopping;
    await expect(group.append(context, about('session', newId('session')))).rejects.toMatchObject({ code: 'NOT_SEQUENCING' });
    const taken = await retried(() => standby.append(context, about('session', newId('session'))));
    const written = 1 + outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(taken.index).toBe(written);
    await expectProven(context, taken);
    expect(room.faults).toEqual([]);
  });

  it('leaves nothing of a round whose head was moved by another hand, and goes on', async () => {
    const context = room.context();
    await group.append(context, about('session', newId('session')));
    // what a second sequencer without the lock would do
    await room.database.asAdmin('update ledger_log set size = size + 1');
    const failing = Array.from({ length: 20 }, (_, n) => group.append(context, about(n % 2 ? 'asset' : 'session', newId('asset'))));
    for (const outcome of await Promise.allSettled(failing)) expect(outcome).toMatchObject({ status: 'rejected' });
    expect(room.faults).toEqual([expect.objectContaining({ code: 'SEQUENCER_FENCED' })]);
    for (const table of ['ledger_entry', 'ledger_leaf', 'ledger_about', 'ledger_checkpoint']) expect(await count(table)).toBe(1);
    expect(await count('ledger_asset_head')).toBe(0);
    await room.database.asAdmin('update ledger_log set size = size - 1');
    const answer = await retried(() => group.append(context, about('session', newId('session'))));
    expect(answer.index).toBe(1);
    await expectProven(context, answer);
  });

  it('leaves each entry whole or absent when its connections are cut, whatever the caller heard', async () => {
    const context = room.context();
    const answers: PromiseSettledResult<SignedEntry>[] = [];
    for (let cut = 0; cut < 5; cut += 1) {
      const round = Array.from({ length: 60 }, (_, n) => group.append(context, about(n % 2 ? 'asset' : 'session', newId('asset'))));
      await room.database.asAdmin(`select pg_terminate_backend(pid) from pg_stat_activity
                                    where application_name = 'imprimatur-sequencer' and datname = current_database()`);
      answers.push(...(await Promise.allSettled(round)));
    }
    const last = await retried(() => group.append(context, about('session', newId('session'))));
    const entries = await count('ledger_entry');
    expect(await count('ledger_leaf')).toBe(entries);
    expect(await count('ledger_about')).toBe(entries);
    expect(last.index).toBe(entries - 1);
    const heard = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    for (const answer of [...heard, last]) await expectProven(context, answer);
    const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    expect(refusals.every((reason) => reason instanceof Error)).toBe(true);
  });

  it('tells the callers of a log that the signer refuses, and no other', async () => {
    const [mine, theirs] = [room.context(), room.context()];
    await group.append(mine, about('session', newId('session')));
    await group.append(theirs, about('session', newId('session')));
    const origin = (await room.database.unitOfWork.read(mine, (read) => room.reader.log(read)))?.origin ?? '';
    // the signer remembers a larger tree than the database has: it was cut back
    const other = new StatefulSigner(join(room.home, 'signer'), join(room.home, 'trust', 'logs.vkey'));
    const last = other.standing(origin).last;
    if (!last) throw new Error('it signed before');
    const { leaf } = (
      await room.database.asAdmin<{ leaf: Buffer }>(`select leaf_hash as leaf from ledger_leaf where tenant = $1`, [mine.tenant])
    )[0] as { leaf: Buffer };
    const second = Buffer.alloc(32, 7);
    const grown = sha256(Buffer.concat([Buffer.of(1), leaf, second]));
    const proof = consistencyProof(sha256, (_, index) => (index === 0 ? leaf : second), 1, 2);
    other.sign({ origin, size: 2, root: grown }, proof);
    const [refused, fine] = await Promise.allSettled([
      group.append(mine, about('session', newId('session'))),
      group.append(theirs, about('session', newId('session'))),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'CHECKPOINT_INCONSISTENT' } });
    expect(fine).toMatchObject({ status: 'fulfilled' });
    expect(room.faults).toEqual([expect.objectContaining({ code: 'CHECKPOINT_INCONSISTENT' })]);
    expect(await count('ledger_entry')).toBe(4); // whole, and unsigned
    expect(await room.database.asAdmin('select size::int from ledger_checkpoint where tenant = $1', [mine.tenant])).toEqual([{ size: 1 }]);
  });
});

/** Until a sequencer has noticed what became of the other, or of its connections. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
