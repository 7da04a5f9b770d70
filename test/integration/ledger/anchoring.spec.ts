import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type LogKey, parseVkey, parseWitnessPolicy, parseWitnessVkey, type WitnessPolicy } from '@imprimatur/formats/merkle';
import { type Receipt, verifyReceipt } from '@imprimatur/formats/ledger';
import { verifyTimestamp } from '@imprimatur/formats/timestamp';
import { type AnchoringOptions, ed25519Verify, hmacSha256, LOG_ZERO, sha256 } from '@imprimatur/domain/ledger';
import { type Context, type EntryId, Fault, newId, systemClock } from '@imprimatur/kernel';
import { Witness } from '../../../apps/witness/src/witness';
import { type RunningWitness, serveWitness } from '../../../apps/witness/src/witness.server';
import { TestTsa } from '../../support/tsa';
import { found, LedgerRoom } from './ledger-room';

const DAY_MS = 86_400_000;

describe('memories that others keep', () => {
  let room: LedgerRoom;
  let tsa: TestTsa;
  let witness: RunningWitness;
  let policy: WitnessPolicy;
  let witnesses: AnchoringOptions['witnesses'];

  beforeAll(async () => {
    room = await LedgerRoom.open();
    tsa = await TestTsa.open();
    await room.startSequencer();
    const anchoring = room.startAnchoring();
    await append(room.context());
    const logZero = await found(async () => keyOf(await logZeroFile('log.vkey')), 'log 0');
    await anchoring.stop();
    [witness, policy, witnesses] = await openWitness('w.example/1', logZero);
  });
  afterAll(async () => {
    await witness.stop();
    tsa.close();
    await room.close();
  });

  async function append(context: Context): Promise<EntryId> {
    const event = { type: 'test.happened', about: [{ kind: 'asset', id: newId('asset') } as const], facts: {} };
    return (await room.database.unitOfWork.write(context, (write) => room.ledger.append(write, event))).id;
  }

  async function openWitness(name: string, ...logs: LogKey[]): Promise<[RunningWitness, WitnessPolicy, AnchoringOptions['witnesses']]> {
    const made = new Witness({ name, folder: join(room.home, `witness-${name.replace('/', '-')}`), logs, clock: systemClock });
    const running = await serveWitness(made, { host: '127.0.0.1', port: 0 }, (error) => room.faults.push(error));
    const [vkey = ''] = made.vkeys();
    const key = parseWitnessVkey(sha256, vkey);
    if (!key) throw new Error('the witness has no key');
    return [running, parseWitnessPolicy(sha256, `witness W ${vkey} ${running.url}\nquorum W\n`), [{ name: 'W', key, url: running.url }]];
  }

  async function logZeroFile(path: string): Promise<string> {
    const bytes = await room.database.unitOfWork.read(room.context(), (read) => room.reader.logZeroFile(read, path));
    return bytes ? Buffer.from(bytes).toString('utf8') : '';
  }
  const keyOf = (vkey: string): LogKey | null => parseVkey(sha256, vkey);
  const receiptOf = (context: Context, id: EntryId): Promise<Receipt | null> =>
    room.database.unitOfWork.read(context, (read) => room.reader.receipt(read, id));
  const anchored = (context: Context, id: EntryId, kinds: number): Promise<Receipt> =>
    found(async () => {
      const receipt = await receiptOf(context, id);
      return receipt && receipt.anchors.length >= kinds ? receipt : null;
    }, 'an anchored receipt');
  async function tools(more: { policy?: WitnessPolicy } = {}) {
    const logZero = keyOf(await logZeroFile('log.vkey'));
    return { sha256, hmacSha256, ed25519Verify, logKeys: logZero ? [logZero] : [], ...more };
  }

  it('a receipt leads from its entry through log 0 to the witnesses and the stamp', async () => {
    const anchoring = room.startAnchoring({ witnesses, tsaUrl: tsa.url });
    const context = room.context();
    const id = await append(context);
    const receipt = await anchored(context, id, 2);
    await anchoring.stop();
    const report = verifyReceipt(receipt, await tools({ policy }));
    expect(report).toMatchObject({
      status: 'consistent',
      witnesses: 'witnessed',
      anchors: { logZero: { key: 'known' }, judgement: { isSatisfied: true, witnesses: [{ name: 'W' }] } },
    });
    if (report.status !== 'consistent') throw new Error('unreachable');
    const [stamp] = report.anchors.stamps;
    expect(await verifyTimestamp(stamp?.token ?? new Uint8Array(), stamp?.message ?? new Uint8Array(), tsa.anchorsPem)).toMatchObject({
      status: 'good',
      authority: 'pinned',
    });
    // who brings no policy, or one of other witnesses, is told so
    expect(verifyReceipt(receipt, await tools())).toMatchObject({ status: 'consistent', witnesses: 'operator only' });
    const [stranger, others] = await openWitness('other.example/1');
    await stranger.stop();
    expect(verifyReceipt(receipt, await tools({ policy: others }))).toMatchObject({ status: 'consistent', witnesses: 'operator only' });
    expect(room.faults).toEqual([]);
  });

  it.each<[string, (receipt: Receipt) => unknown]>([
    ['another index in log 0', (r) => ({ ...r, anchors: [{ ...(r.anchors[0] as object), index: 0 }, ...r.anchors.slice(1)] })],
    ['another proof', (r) => ({ ...r, anchors: [{ ...(r.anchors[0] as object), proof: [] }, ...r.anchors.slice(1)] })],
    ['a stamp without what it stamps', (r) => ({ ...r, anchors: r.anchors.slice(1) })],
    [
      'a renewal of nothing',
      (r) => ({ ...r, anchors: [r.anchors[0], { kind: 'renewal', index: 0, size: 1, proof: [], root: '', token: '' }] }),
    ],
    ['no anchor but a number', (r) => ({ ...r, anchors: [7] })],
  ])('with %s does not hold', async (_name, change) => {
    const context = room.context();
    const anchoring = room.startAnchoring({ witnesses, tsaUrl: tsa.url });
    await append(room.context()); // so that index 0 is another checkpoint
    const receipt = await anchored(context, await append(context), 2);
    await anchoring.stop();
    expect(verifyReceipt(change(receipt), await tools())).toMatchObject({ status: 'broken', check: 'anchor' });
  });

  it('an anchor of a kind that nobody knows yet is reported, and the rest still holds', async () => {
    const context = room.context();
    const anchoring = room.startAnchoring();
    const receipt = await anchored(context, await append(context), 1);
    await anchoring.stop();
    const report = verifyReceipt({ ...receipt, anchors: [...receipt.anchors, { kind: 'moon' }] }, await tools());
    expect(report).toMatchObject({ status: 'consistent', anchors: { unknown: ['moon'], logZero: { key: 'known' } } });
  });

  it('the checkpoint of log 0 that is handed out is one that a witness cosigned', async () => {
    const anchoring = room.startAnchoring({ witnesses });
    const context = room.context();
    await anchored(context, await append(context), 1);
    await found(async () => (await logZeroFile('checkpoint')).includes('— w.example/1 ') || null, 'a cosigned checkpoint');
    await anchoring.stop();
  });

  it('witness and authority that are away stop nobody, and are reported', async () => {
    tsa.mood = 'fails';
    const away = witnesses.map((each) => ({ ...each, url: 'http://127.0.0.1:9' }));
    const anchoring = room.startAnchoring({ witnesses: away, tsaUrl: tsa.url });
    const context = room.context();
    await anchored(context, await append(context), 1);
    await found(() => Promise.resolve(room.faults.length >= 2 || null), 'two reports');
    await anchoring.stop();
    tsa.mood = 'well';
    expect(
      room.faults
        .splice(0)
        .map((fault) => (fault as Fault).code)
        .sort(),
    ).toEqual(['EGRESS_FAILED', 'TIMESTAMP_FAILED']);
  });

  it('a log that was rolled back and regrown is refused by the witness that remembers', async () => {
    const anchoring = room.startAnchoring({ witnesses });
    const context = room.context();
    await anchored(context, await append(context), 1);
    await found(async () => (await logZeroFile('checkpoint')).includes('— w.example/1 ') || null, 'a cosigned checkpoint');
    await anchoring.stop();
    // the superuser, who has the log's key too, makes the signer forget and log 0 begin anew
    await room.stopSequencers();
    rmSync(join(room.home, 'signer', 'logs'), { recursive: true });
    const rewritten = ['ledger_leaf', 'ledger_node', 'ledger_checkpoint', 'ledger_log', 'ledger_entry'];
    await room.database.asAdmin(
      [...rewritten, 'ledger_anchor']
        .map((table) => `alter table ${table} disable trigger all; delete from ${table} where tenant = '${LOG_ZERO}'`)
        .join(';') +
        `; delete from ledger_anchor; delete from ledger_log where tenant = (select tenant from ledger_log order by tenant limit 1)`,
    );
    await room.startSequencer();
    const again = room.startAnchoring({ witnesses });
    await append(room.context());
    const fault = await found(
      () => Promise.resolve(room.faults.find((each) => (each as Fault).code === 'WITNESS_CONFLICT') ?? null),
      'the refusal',
    );
    await again.stop();
    expect((fault as Fault).message).toMatch(/refuses the log/);
    room.faults.length = 0;
  });

  it('a stamp is renewed before its certificate ends, and the receipt shows the chain', async () => {
    const fresh = await LedgerRoom.open();
    await fresh.startSequencer();
    const context = fresh.context();
    const event = { type: 'test.happened', about: [], facts: {} };
    const { id } = await fresh.database.unitOfWork.write(context, (write) => fresh.ledger.append(write, event));
    const first = fresh.startAnchoring({ tsaUrl: tsa.url });
    const read = (): Promise<Receipt | null> => fresh.database.unitOfWork.read(context, (reading) => fresh.reader.receipt(reading, id));
    await found(async () => ((await read())?.anchors.length ?? 0) >= 2 || null, 'a stamp');
    await first.stop();
    const later = new Date(systemClock.now().getTime() + 1_810 * DAY_MS);
    const second = await TestTsa.open();
    const renewing = fresh.startAnchoring({ tsaUrl: second.url, clock: { now: () => later }, stampSeconds: 1e9 });
    // an authority whose certificate ends as soon renews nothing: this one's is as old as the first's
    await found(() => Promise.resolve(second.stamped > 0 || null), 'a request for a renewal');
    await renewing.stop();
    expect((await read())?.anchors).toHaveLength(2);
    const long = await TestTsa.open({ now: () => later });
    const renewed = fresh.startAnchoring({ tsaUrl: long.url, clock: { now: () => later }, stampSeconds: 1e9 });
    const receipt = await found(async () => {
      const now = await read();
      return (now?.anchors.length ?? 0) >= 3 ? now : null;
    }, 'a renewal');
    await renewed.stop();
    const report = verifyReceipt(receipt, { sha256, hmacSha256, ed25519Verify, logKeys: [] });
    if (report.status !== 'consistent') throw new Error(JSON.stringify(report));
    const [stamp, renewal] = report.anchors.stamps;
    const trusted = [tsa.anchorsPem, long.anchorsPem].join('\n');
    for (const claim of [stamp, renewal])
      expect(await verifyTimestamp(claim?.token ?? new Uint8Array(), claim?.message ?? new Uint8Array(), trusted)).toMatchObject({
        status: 'good',
        authority: 'pinned',
      });
    for (const each of [second, long]) each.close();
    await fresh.close();
  });
});
