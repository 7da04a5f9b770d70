import { type Context, newId, type Role, type SubjectId, systemContext, type TenantId } from '@imprimatur/kernel';
import type { ClaimedTask, NewDecision, NewTask, ReviewTask } from '@imprimatur/domain/review';
import { openReviewRoom, type ReviewRoom } from './review-room';
import { approval, codeOf, person, POLICY, TERMS, valueOf, wish } from './reviewers';

let room: ReviewRoom;
let tenant: TenantId;
beforeAll(async () => {
  room = await openReviewRoom();
});
beforeEach(async () => {
  tenant = await room.newTenant();
});
afterAll(() => room.close());

type Reviewer = Context & { readonly subject: SubjectId };

/** A person whose roles stand in the database too, where the guards look. */
async function member(...roles: readonly Role[]): Promise<Reviewer> {
  const who = person(tenant, roles);
  await room.database.asAdmin(`insert into subject (tenant, id, kind, ref, created_at) values ($1, $2, 'person', $3, now())`, [
    tenant,
    who.subject,
    who.actor.ref,
  ]);
  await room.database.asAdmin(`insert into member (tenant, id, roles, created_at) values ($1, $2, $3, now())`, [
    tenant,
    who.subject,
    roles,
  ]);
  return who;
}

const open = (over: Partial<NewTask> = {}): Promise<ReviewTask> =>
  room.write(person(tenant), (write) => room.review.open(write, wish(over)));

async function decide(who: Reviewer, task: Pick<ReviewTask, 'id'>, over: Partial<NewDecision> = {}): Promise<string> {
  const claim = await room.write(who, (write) => room.review.claim(write, task.id));
  return claim.ok ? codeOf(await room.write(who, (write) => room.review.decide(write, approval(claim.value, over)))) : claim.refusal.code;
}

async function claimed(who: Reviewer, task: Pick<ReviewTask, 'id'>): Promise<ClaimedTask> {
  return valueOf(await room.write(who, (write) => room.review.claim(write, task.id)));
}

const INSERT = `insert into review_decision (tenant, id, task, reviewer, outcome, reason_code, content_digest, bundle_hash, lease_token, entry, decided_at, slot)
  values ($1, $2, $3, $4, 'approve', 'meets-policy', $5, '\\xab', $6, $7, now(), $8)`;

/** The SQLSTATE with which the app role's own statement is refused; `ok` when it is not. */
async function sqlstate(statement: string, values: unknown[]): Promise<string> {
  return room
    .write(person(tenant), async (write) => {
      await write.manager.query(statement, values);
      return 'ok';
    })
    .catch((error: unknown) => (error as { driverError: { code: string } }).driverError.code);
}

const byHand = ({ id, token, contentDigest }: ClaimedTask, who: Reviewer, slot: number): unknown[] => [
  ...[tenant, newId('decision'), id, who.subject, Buffer.from(contentDigest), token, newId('entry'), slot],
];

const REJECT = { outcome: 'reject', reasonCode: 'misleading', text: 'It misleads.' } as const;

describe('several approvals', () => {
  it('fill no place that is kept for a role which still rests', async () => {
    const lea = await member('legal', 'approver');
    const [both, alone] = [await open({ slots: ['legal', 'approver'] }), await open({ slots: ['legal'] })];
    await room.database.asAdmin(
      `insert into role_grant (tenant, id, member, role, proposed_at, confirmed_at, usable_from, alone, entry)
       select $1, gen_random_uuid(), $2, 'legal', now(), now(), now() + interval '1 hour', true, id from ledger_entry where tenant = $1 limit 1`,
      [tenant, lea.subject],
    );
    expect(await decide(lea, alone)).toBe('SLOT_NOT_YOURS');
    expect(await decide(lea, both)).toBe('ok');
    expect(await room.database.asAdmin(`select slot from review_decision where task = $1`, [both.id])).toEqual([{ slot: 1 }]);
    await room.database.asAdmin(`update role_grant set usable_from = now() where tenant = $1`, [tenant]);
    expect(await decide(lea, alone)).toBe('ok');
  });

  it('come from different people in the roles that are asked for, however many try at once', async () => {
    const [lea, leo, ben] = [await member('legal'), await member('legal'), await member('approver')];
    const task = await open({ slots: ['legal', 'approver'] });
    const all = [lea, leo, ben];
    const answers = new Set<string>();
    // fifty attempts of three people: each holds the task when its turn comes, and two decide
    for (let round = 0; round < 10; round += 1) {
      const codes = await Promise.all(Array.from({ length: 5 }, (_, at) => decide(all[(round + at) % 3] ?? lea, task)));
      for (const code of codes) answers.add(code);
    }
    const decisions = await room.read(lea, (read) => room.review.decisions(read, [task.id]));
    expect(decisions.map(({ slot }) => slot).sort()).toEqual([0, 1]);
    expect(new Set(decisions.map(({ reviewer }) => reviewer)).size).toBe(2);
    expect(decisions.find(({ slot }) => slot === 1)?.reviewer).toBe(ben.subject);
    expect(
      [...answers].filter(
        (code) => !['ok', 'ALREADY_CLAIMED', 'ALREADY_DECIDED', 'APPROVED_ALREADY', 'SLOT_NOT_YOURS', 'LEASE_LOST'].includes(code),
      ),
    ).toEqual([]);
    expect(valueOf(await room.read(lea, (read) => room.review.find(read, task.id))).state).toBe('decided');
    expect((await room.eventsOf(task.id)).filter((type) => type === 'task.decided')).toHaveLength(2);
  });

  it('leave the task open until the last one, and one no ends it', async () => {
    const [first, second] = [await member('approver'), await member('approver')];
    const task = await open({ slots: ['any', 'any'] });
    expect(await decide(first, task)).toBe('ok');
    expect(valueOf(await room.read(first, (read) => room.review.find(read, task.id))).state).toBe('open');
    expect(valueOf(await room.write(first, (write) => room.claims.claimNext(write, 'marketing', TERMS)))).toBeNull();
    expect(await room.read(first, (read) => room.reader.approvals(read, task.version ? [task.version] : []))).toEqual([]);
    expect(await decide(second, task, REJECT)).toBe('ok');
    expect(valueOf(await room.read(first, (read) => room.review.find(read, task.id))).state).toBe('decided');
    expect(await room.read(first, (read) => room.reader.approvals(read, task.version ? [task.version] : []))).toEqual([]);
  });

  it('are counted by the database too, whatever the service thinks', async () => {
    const [lea, ben] = [await member('legal'), await member('approver')];
    const task = await open({ slots: ['legal', 'approver'] });
    const claim = await claimed(ben, task);
    expect(await sqlstate(INSERT, byHand(claim, ben, 0))).toBe('IM403'); // ben is not legal
    expect(await sqlstate(INSERT, byHand(claim, ben, 2))).toBe('IM409');
    const settle = `update review_task set state = 'decided', ended_at = now(), claimed_by = null, lease_until = null, lease_token = null where id = $1`;
    expect(codeOf(await room.write(ben, (write) => room.review.decide(write, approval(claim))))).toBe('ok');
    expect(await sqlstate(settle, [task.id])).toBe('42501');
    expect(
      await sqlstate(
        `update review_task set claimed_by = $2, lease_until = now() + interval '1 minute', lease_token = $2, state = 'claimed' where id = $1`,
        [task.id, ben.subject],
      ),
    ).toBe('IM403');
    expect(await sqlstate(`update review_task set slots = '{any}' where id = $1`, [task.id])).toBe('42501');
    const last = await claimed(lea, task);
    expect(await sqlstate(INSERT, byHand(last, lea, 1))).toBe('IM403'); // nor lea an approver, and the place is taken
    expect(await decide(lea, task)).toBe('ok');
  });
});

describe('separation of duties', () => {
  it.each([
    ['an author of the rule', (who: SubjectId): Partial<NewTask> => ({ policyAuthor: who }), 'SELF_APPROVAL'],
    ['a hand in the picture', (who: SubjectId): Partial<NewTask> => ({ involved: [who] }), 'CONFLICT_OF_INTEREST'],
    ['a former decider', (who: SubjectId): Partial<NewTask> => ({ deciders: [who] }), 'DECIDED_BEFORE'],
  ])('keeps %s out, fifty times at once, and so does the database', async (_, bound, code) => {
    const self = await member('approver', 'legal');
    const task = await open(bound(self.subject));
    const attempts = await Promise.all(Array.from({ length: 50 }, () => decide(self, task)));
    expect(new Set(attempts)).toEqual(new Set([code]));
    expect(valueOf(await room.write(self, (write) => room.claims.claimNext(write, 'marketing', TERMS)))).toBeNull();
    const claim = await claimed(await member('approver'), task);
    const inserts = await Promise.all(Array.from({ length: 50 }, () => sqlstate(INSERT, byHand(claim, self, 0))));
    expect(new Set(inserts)).toEqual(new Set(['IM403']));
    expect(await sqlstate(`update review_task set claimed_by = $2 where id = $1`, [task.id, self.subject])).toBe('IM403');
    expect(await sqlstate(`update review_task set policy_author = null, involved = '{}', deciders = '{}' where id = $1`, [task.id])).toBe(
      '42501',
    );
  });

  it('keeps whoever declared a conflict out of what it concerns, and of nothing else', async () => {
    const self = await member('approver');
    const [concerned, next] = [await open({ priority: 1 }), await open({ priority: 2 })];
    const declare = (target: string | null, reason: string) =>
      room.write(self, (write) => room.conflicts.declare(write, { kind: 'subject', target: target ?? '', reason }));
    expect(codeOf(await declare(concerned.requester, ' '))).toBe('CONFLICT_REASON_REQUIRED');
    const declared = valueOf(await declare(concerned.requester, 'We are married.'));
    expect(valueOf(await declare(concerned.requester, 'Said twice.')).id).toBe(declared.id);
    expect(await decide(self, concerned)).toBe('CONFLICT_OF_INTEREST');
    expect(valueOf(await room.write(self, (write) => room.claims.claimNext(write, 'marketing', TERMS)))?.id).toBe(next.id);
    const claim = await claimed(await member('approver'), concerned);
    expect(await sqlstate(INSERT, byHand(claim, self, 0))).toBe('IM403');
    expect(await sqlstate(`delete from review_conflict where id = $1`, [declared.id])).toBe('42501');
  });
});

describe('an appeal', () => {
  it('is for somebody else than the first decider, once, also in the database', async () => {
    const first = await member('approver');
    const task = await open();
    expect(await decide(first, task, REJECT)).toBe('ok');
    const appeal = (deciders: readonly SubjectId[], item = task.item) => wish({ item, kind: 'appeal', follows: task.id, deciders });
    const opened = (over: NewTask) =>
      room
        .write(person(tenant), (write) => room.review.open(write, over))
        .then(
          () => 'ok',
          (error: unknown) => (error as { driverError: { code: string } }).driverError.code,
        );
    expect(await opened(appeal([]))).toBe('IM403');
    expect(await opened(appeal([first.subject], newId('item')))).toBe('42501');
    const again = await room.write(person(tenant), (write) => room.review.open(write, appeal([first.subject])));
    expect(await decide(first, again)).toBe('DECIDED_BEFORE');
    expect(await sqlstate(INSERT, byHand(await claimed(await member('approver'), again), first, 0))).toBe('IM403');
    await room.database.asAdmin(`update review_task set lease_until = now() - interval '1 second' where id = $1`, [again.id]);
    expect(await decide(await member('approver'), again)).toBe('ok');
    await room.write(person(tenant), (write) => room.decisions.recordOverturn(write, again));
    expect(await opened(appeal([first.subject]))).toBe('23505');
    const feedback = await room.read(first, (read) => room.reader.ruleFeedback(read, new Date(0)));
    expect(feedback).toEqual([{ rule: 'release.marketing', decisions: 1, approved: 0, overturned: 1 }]);
  });
});

describe('a decision that can be taken back', () => {
  const policy = { ...POLICY, undoSeconds: 600 };
  const timeIsOver = async (id: string): Promise<void> => {
    await room.database.asAdmin(`alter table review_decision disable trigger append_only_rows`);
    await room.database.asAdmin(`update review_decision set takes_effect_at = now() - interval '1 second' where id = $1`, [id]);
    await room.database.asAdmin(`alter table review_decision enable always trigger append_only_rows`);
  };
  const system = (): Context => systemContext(tenant, 'test');

  async function pending(): Promise<{
    readonly ben: Reviewer;
    readonly task: ReviewTask;
    readonly id: ReturnType<typeof newId<'decision'>>;
  }> {
    const ben = await member('approver');
    const task = await open();
    const claim = await claimed(ben, task);
    const { decision, isComplete } = valueOf(await room.write(ben, (write) => room.review.decide(write, approval(claim, { policy }))));
    expect([isComplete, decision.takesEffectAt !== null]).toEqual([true, true]);
    return { ben, task, id: decision.id };
  }

  it('counts for nothing until then, and is taken back by nobody else', async () => {
    const { ben, task, id } = await pending();
    const approvals = () => room.read(ben, (read) => room.reader.approvals(read, task.version ? [task.version] : []));
    expect(await approvals()).toEqual([]);
    expect(codeOf(await room.write(await member('approver'), (write) => room.decisions.undo(write, id)))).toBe('NOT_YOUR_DECISION');
    expect(await sqlstate(`insert into review_decision_undo values ($1, $2, $3, now(), $3)`, [tenant, id, newId('subject')])).toBe('IM403');
    expect(await sqlstate(`insert into review_decision_effect values ($1, $2, true, null, now())`, [tenant, id])).toBe('IM409');
    await timeIsOver(id);
    await room.write(system(), (write) => room.decisions.recordFollowed(write, id));
    expect((await approvals()).map((decision) => decision.id)).toEqual([id]);
    expect(codeOf(await room.write(ben, (write) => room.decisions.undo(write, id)))).toBe('UNDO_TOO_LATE');
  });

  it('once taken back never follows, however closely both come', async () => {
    const { ben, task, id } = await pending();
    const undone = await Promise.all(
      Array.from({ length: 5 }, () => room.write(ben, (write) => room.decisions.undo(write, id)).then(codeOf)),
    );
    expect(undone.filter((code) => code === 'ok')).toHaveLength(1);
    await timeIsOver(id);
    expect(await room.write(system(), (write) => room.decisions.due(write, id))).toBeNull();
    expect(await sqlstate(`insert into review_decision_effect values ($1, $2, true, null, now())`, [tenant, id])).toBe('IM409');
    expect(await room.read(ben, (read) => room.reader.approvals(read, task.version ? [task.version] : []))).toEqual([]);
    expect(await room.eventsOf(task.id)).toEqual(['task.opened', 'task.claimed', 'task.decided', 'task.decision-undone']);
  });
});

describe('what comes with a decision', () => {
  it('binds exports and turns from the approval on', async () => {
    const ben = await member('approver');
    const task = await open();
    const conditions = [
      { code: 'only-channels', text: 'optional', kind: 'channels', forbids: [] },
      { code: 'keep-framing', text: 'optional', kind: 'operations', forbids: ['crop'] },
    ] as const;
    const wanted = [
      { code: 'only-channels', text: 'Only there.', channels: ['web'] },
      { code: 'keep-framing', text: '', channels: [] },
    ];
    expect(await decide(ben, task, { policy: { ...POLICY, conditions }, conditions: wanted })).toBe('ok');
    const bound = await room.read(ben, async (read) => ({
      exports: await room.reader.exportConditions(read, task.version ? [{ id: task.version, item: task.item }] : []),
      turns: task.session && (await room.reader.turnConditions(read, task.session, task.asset)),
      elsewhere: task.session && (await room.reader.turnConditions(read, task.session, newId('asset'))),
    }));
    expect(bound).toMatchObject({
      exports: [{ code: 'only-channels', channels: ['web'] }],
      turns: [{ code: 'keep-framing', forbids: ['crop'] }],
      elsewhere: [],
    });
  });

  it('binds whatever the item makes, where it was approved before there was a picture', async () => {
    const ben = await member('approver');
    const task = await open({ version: null });
    const conditions = [{ code: 'label-required', text: 'optional', kind: 'declaration', forbids: [] }] as const;
    const wanted = [{ code: 'label-required', text: '', channels: [] }];
    expect(await decide(ben, task, { policy: { ...POLICY, conditions }, conditions: wanted })).toBe('ok');
    const of = (item: ReviewTask['item'] | null) =>
      room.read(ben, (read) => room.reader.exportConditions(read, [{ id: newId('version'), item }]));
    expect([await of(task.item), await of(newId('item')), await of(null)]).toMatchObject([[{ code: 'label-required' }], [], []]);
  });

  it('is no approval under another policy than the one that held it', async () => {
    const ben = await member('approver');
    const task = await open();
    expect(await decide(ben, task, { policy: { ...POLICY, bundleHash: 'cd'.repeat(32) } })).toBe('POLICY_CHANGED');
    expect(await decide(ben, task, { ...REJECT, policy: { ...POLICY, bundleHash: 'cd'.repeat(32) } })).toBe('ok');
  });
});
