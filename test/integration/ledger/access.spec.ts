import { createHash } from 'node:crypto';
import { Disclosure, isLogToken, LogAccesses, LogAccessRepository } from '@imprimatur/domain/ledger';
import { verifyReceipt } from '@imprimatur/formats/ledger';
import { ed25519Verify, hmacSha256, sha256 } from '@imprimatur/domain/ledger';
import { type Context, type EntryId, type LogAccessId, newId, type SubjectId } from '@imprimatur/kernel';
import { LedgerRoom } from './ledger-room';

const DAY_MS = 86_400_000;

describe('handing out the ledger', () => {
  let room: LedgerRoom;
  let accesses: LogAccesses;
  let disclosure: Disclosure;
  beforeAll(async () => {
    room = await LedgerRoom.open();
    await room.startSequencer();
    accesses = new LogAccesses(new LogAccessRepository(room.database.dataSource), room.ledger, room.database.unitOfWork);
    disclosure = new Disclosure(room.reader, room.ledger);
  });
  afterAll(() => room.close());

  /** Somebody of a tenant that is on record. */
  const somebody = async (): Promise<Context> => {
    const context = room.context();
    await room.database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [context.tenant]);
    await room.database.asAdmin(`insert into subject (tenant, id, kind, ref, created_at) values ($1, $2, 'person', $3, now())`, [
      context.tenant,
      context.actor.subject,
      context.actor.ref,
    ]);
    return context;
  };
  const types = async (context: Context): Promise<string[]> =>
    (await room.database.unitOfWork.read(context, (read) => room.reader.events(read, { about: null, first: 100, after: null }))).map(
      ({ entry }) => entry.type,
    );

  describe('a capability to read the log', () => {
    const grant = async (context: Context, hours: number | null = null, note: string | null = null) => {
      const granted = await room.database.unitOfWork.write(context, (write) => accesses.grant(write, { hours, note, expiresAt: null }));
      if (!granted.ok) throw new Error(JSON.stringify(granted.refusal));
      return granted.value;
    };

    it('opens the log of its tenant and of no other, and keeps only a hash of its token', async () => {
      const [context, other] = [await somebody(), await somebody()];
      const { token, access } = await grant(context, 1, 'for the auditors of 2026');
      await grant(other);
      expect(isLogToken(token)).toBe(true);
      const opened = await accesses.open(token, 'r');
      expect(opened).toMatchObject({ tenant: context.tenant, actor: { kind: 'service', ref: access.id, roles: [], subject: null } });
      const rows = await room.database.asAdmin<Record<string, unknown>>(`select * from ledger_access where id = $1`, [access.id]);
      expect(rows[0]?.token_hash).toEqual(createHash('sha256').update(token).digest());
      expect(JSON.stringify(rows)).not.toContain(token);
      const entries = await room.database.asAdmin<{ text: string }>(
        `select convert_from(bytes, 'UTF8') as text from ledger_entry where tenant = $1`,
        [context.tenant],
      );
      expect(JSON.stringify(entries)).not.toContain(token);
      expect(JSON.stringify(entries)).not.toContain('auditors');
    });

    it.each<readonly [string, () => Promise<string>]>([
      ['unknown', () => Promise.resolve(Buffer.alloc(32, 7).toString('base64url'))],
      ['no token', () => Promise.resolve('checkpoint')],
      ['log 0', () => Promise.resolve('0')],
      ['a tenant', () => Promise.resolve(`tenant_${newId('tenant')}`)],
      [
        'expired',
        async () => {
          const context = await somebody();
          const { token, access } = await grant(context);
          await room.database.asAdmin(
            `update ledger_access set granted_at = now() - interval '2 days', expires_at = now() - interval '1 second' where id = $1`,
            [access.id],
          );
          return token;
        },
      ],
      [
        'revoked',
        async () => {
          const context = await somebody();
          const { token, access } = await grant(context);
          await room.database.unitOfWork.write(context, (write) => accesses.revoke(write, access.id));
          return token;
        },
      ],
    ])('opens nothing when it is %s', async (_name, make) => {
      expect(await accesses.open(await make(), 'r')).toBeNull();
    });

    it('tells of its use once in an hour, also when many ask at once', async () => {
      const context = await somebody();
      const { token, access } = await grant(context);
      const opened = await Promise.all(Array.from({ length: 8 }, () => accesses.open(token, 'r')));
      expect(opened.every((each) => each !== null)).toBe(true);
      expect(await types(context)).toEqual(['log.access-granted', 'log.access-used']);
      await room.database.asAdmin(`update ledger_access set used_at = used_at - interval '61 minutes' where id = $1`, [access.id]);
      await Promise.all(Array.from({ length: 8 }, () => accesses.open(token, 'r')));
      expect(await types(context)).toEqual(['log.access-granted', 'log.access-used', 'log.access-used']);
    });

    it('is revoked once, and by its own tenant only', async () => {
      const [context, other] = [await somebody(), await somebody()];
      const { token, access } = await grant(context);
      const stranger = await room.database.unitOfWork.write(other, (write) => accesses.revoke(write, access.id));
      expect(stranger).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
      expect(await accesses.open(token, 'r')).not.toBeNull();
      for (let again = 0; again < 2; again += 1)
        expect(await room.database.unitOfWork.write(context, (write) => accesses.revoke(write, access.id))).toMatchObject({ ok: true });
      expect((await types(context)).filter((type) => type === 'log.access-revoked')).toHaveLength(1);
      expect(await room.database.unitOfWork.read(other, (read) => accesses.list(read, 10, null))).toEqual([]);
      expect((await room.database.unitOfWork.read(context, (read) => accesses.list(read, 10, null))).map(({ id }) => id)).toEqual([
        access.id,
      ]);
      expect(await types(other)).toEqual([]);
    });

    it.each([
      [{ hours: 0, expiresAt: null }, 'EXPIRY_INVALID'],
      [{ hours: 24 * 30 + 1, expiresAt: null }, 'EXPIRY_INVALID'],
      [{ hours: null, expiresAt: new Date(0) }, 'EXPIRY_INVALID'],
      [{ hours: null, expiresAt: new Date(8.64e15) }, 'EXPIRY_INVALID'],
      [{ hours: 1, expiresAt: new Date(8.64e15) }, 'EXPIRY_INVALID'],
      [{ hours: 1, expiresAt: null, note: 'x'.repeat(201) }, 'NOTE_INVALID'],
    ])('refuses %j', async (wish, code) => {
      const context = await somebody();
      const answer = await room.database.unitOfWork.write(context, (write) => accesses.grant(write, { note: null, ...wish }));
      expect(answer).toMatchObject({ ok: false, refusal: { code } });
      expect(await types(context)).toEqual([]);
    });

    it('lasts 30 days at most and a day when nothing is said', async () => {
      const context = await somebody();
      const month = await grant(context, 24 * 30);
      const day = await grant(context);
      const lasts = ({ access }: typeof month): number => access.expiresAt.getTime() - access.grantedAt.getTime();
      expect([lasts(month), lasts(day)]).toEqual([30 * DAY_MS, DAY_MS]);
    });

    it('shows the app role no row without its token', async () => {
      await grant(await somebody());
      const seen = await room.database.dataSource.transaction(async (manager) => {
        await manager.query(`select set_config('app.log_token', $1, true)`, ['00'.repeat(32)]);
        return manager.query<{ n: number }[]>('select count(*)::int as n from ledger_access');
      });
      expect(seen).toEqual([{ n: 0 }]);
    });
  });

  describe('disclosing parts of an entry', () => {
    const entryOf = async (context: Context, subjects: readonly SubjectId[] = []): Promise<EntryId> => {
      const { id } = await room.database.unitOfWork.write(context, (write) =>
        room.ledger.append(write, {
          type: 'turn.submitted',
          about: [{ kind: 'turn', id: newId('turn') }],
          facts: {},
          parts: { prompt: { value: 'make the sky warmer', subjects }, secret: { value: 'privileged', subjects: [] } },
        }),
      );
      return id;
    };
    const disclose = (context: Context, entry: EntryId, parts: readonly string[], reason = 'asked for by the court') =>
      room.database.unitOfWork.write(context, (write) => disclosure.disclose(write, { entry, parts, reason }));

    it('hands out what is asked for, withholds the rest, and is itself on record', async () => {
      const context = await somebody();
      const entry = await entryOf(context);
      await room.signed(context, 1);
      const disclosed = await disclose(context, entry, ['prompt', 'prompt']);
      if (!disclosed.ok) throw new Error(JSON.stringify(disclosed.refusal));
      const report = verifyReceipt(disclosed.value, { sha256, hmacSha256, ed25519Verify, logKeys: [] });
      expect(report).toMatchObject({ status: 'consistent', parts: { prompt: Buffer.from('make the sky warmer') } });
      expect(Object.keys(disclosed.value.parts)).toEqual(['prompt']);
      const [, told] = await room.database.unitOfWork.read(context, (read) =>
        room.reader.events(read, { about: null, first: 9, after: null }),
      );
      expect(told?.entry).toMatchObject({ type: 'ledger.disclosed', facts: { entry, parts: ['prompt'] } });
      expect(told?.entry.about.map(({ kind }) => kind)).toEqual(['entry', 'turn']);
      expect(Object.keys(told?.entry.parts ?? {})).toEqual(['reason']);
      const again = await room.database.unitOfWork.read(context, (read) => disclosure.open(read, entry, ['prompt']));
      expect(again).toMatchObject({ ok: true, value: { parts: disclosed.value.parts } });
    });

    it('refuses what is not there, with nothing on record', async () => {
      const context = await somebody();
      const erased = context.actor.subject;
      if (!erased) throw new Error('a person has a subject');
      const entry = await entryOf(context, [erased]);
      await room.signed(context, 1);
      expect(await disclose(context, entry, ['nothing'])).toMatchObject({ refusal: { code: 'PART_UNKNOWN' } });
      expect(await disclose(context, entry, ['toString'])).toMatchObject({ refusal: { code: 'PART_UNKNOWN' } });
      expect(await disclose(context, entry, [])).toMatchObject({ refusal: { code: 'PARTS_INVALID' } });
      expect(await disclose(context, entry, ['prompt'], '  ')).toMatchObject({ refusal: { code: 'REASON_INVALID' } });
      expect(await disclose(await somebody(), entry, ['prompt'])).toMatchObject({ refusal: { code: 'NOT_FOUND' } });
      await room.database.unitOfWork.write(context, (write) => room.sealing.destroySubjectKey(write, erased));
      expect(await disclose(context, entry, ['secret', 'prompt'])).toMatchObject({ refusal: { code: 'PART_ERASED' } });
      expect(await types(context)).toEqual(['turn.submitted']);
      expect(await disclose(context, entry, ['secret'])).toMatchObject({ ok: true });
    });

    it('waits for a signature', async () => {
      const quiet = await LedgerRoom.open(2);
      try {
        const context = quiet.context();
        const { id } = await quiet.database.unitOfWork.write(context, (write) =>
          quiet.ledger.append(write, { type: 'test.happened', about: [], facts: {}, parts: { prompt: { value: 'x', subjects: [] } } }),
        );
        const early = await quiet.database.unitOfWork.write(context, (write) =>
          new Disclosure(quiet.reader, quiet.ledger).disclose(write, { entry: id, parts: ['prompt'], reason: 'test' }),
        );
        expect(early).toMatchObject({ refusal: { code: 'ENTRY_NOT_SIGNED_YET' } });
      } finally {
        await quiet.close();
      }
    });
  });

  it('never takes an access of another kind for its own', async () => {
    const context = await somebody();
    const found = await room.database.unitOfWork.read(context, (read) => accesses.find(read, newId('access') as LogAccessId));
    expect(found).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
  });
});
