import { type ClaimedTask, type ReviewTask } from '@imprimatur/domain/review';
import { newId, type SubjectId, systemContext, type TenantId } from '@imprimatur/kernel';
import { openReviewRoom, type ReviewRoom } from './review-room';
import { ALL, approval, codeOf, person, TERMS, valueOf, wish } from './reviewers';

const HOUR_MS = 3_600_000;
let room: ReviewRoom;
let tenant: TenantId;
beforeAll(async () => {
  room = await openReviewRoom();
});
beforeEach(async () => {
  tenant = await room.newTenant();
});
afterAll(() => room.close());

type Who = ReturnType<typeof person>;
const soon = (): Date => new Date(Date.now() + HOUR_MS);
const open = (over = {}): Promise<ReviewTask> =>
  room.write(person(tenant), (write) => room.review.open(write, wish({ dueAt: soon(), ...over })));
const next = (who: Who, queue: string | null = 'marketing') => room.write(who, (write) => room.claims.claimNext(write, queue, TERMS));
const claim = (who: Who, { id }: { readonly id: ReviewTask['id'] }) => room.write(who, (write) => room.claims.claim(write, id, TERMS));
const tick = ({ id }: ReviewTask): Promise<void> => room.write(systemContext(tenant, 'clock'), (write) => room.clock.tick(write, id));
const find = (id: ReviewTask['id']): Promise<ReviewTask> =>
  room.read(person(tenant), async (read) => valueOf(await room.review.find(read, id)));
const handOf = ({ id, token }: ClaimedTask) => ({ task: id, token });
const clockOf = (id: string): Promise<{ run_at: Date; state: string }[]> =>
  room.database.asAdmin(`select run_at, state from job where kind = 'task-clock' and key = $1`, [id]);

async function taken(who: Who, queue: string | null = 'marketing'): Promise<ClaimedTask> {
  const task = valueOf(await next(who, queue));
  if (!task) throw new Error('there is a task');
  return task;
}

describe('claiming the next', () => {
  it('looks into every queue, however many tasks stand before', async () => {
    const self = person(tenant);
    // more than any page, of which this reviewer may have none
    await room.database.asAdmin(
      `insert into review_task (tenant, id, asset, turn, item, content_digest, queue, priority, due_at, findings, bundle_hash, requester, state, opened_at)
       select $1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), sha256('x'), 'legal', 0, now(), '[]', 'x', $2, 'open', now()
         from generate_series(1, 5001)`,
      [tenant, self.subject],
    );
    const theirs = [await open({ queue: 'quality', priority: 7 }), await open({ queue: 'marketing', priority: 6 })];
    expect(valueOf(await next(self, 'legal'))).toBeNull();
    expect((await taken(self, null)).id).toBe(theirs[1]?.id);
    expect((await taken(self, 'quality')).id).toBe(theirs[0]?.id);
    expect(valueOf(await next(self, null))).toBeNull();
    // and of those of nobody, which the system asked for
    const ofNobody = await open({ queue: 'legal', requester: null });
    expect((await taken(self, null)).id).toBe(ofNobody.id);
  });

  it('goes on to other queues where one may hold no more of the first, and ends at the limit', async () => {
    const self = person(tenant);
    for (const queue of ['legal', 'legal', 'legal', 'marketing', 'marketing', 'marketing', 'marketing'])
      await open({ queue, priority: queue === 'legal' ? 1 : 5 });
    const queues: string[] = [];
    for (let at = 0; at < 5; at += 1) queues.push((await taken(self, at < 3 ? null : 'marketing')).queue);
    expect(queues).toEqual(['legal', 'legal', 'marketing', 'marketing', 'marketing']);
    expect([codeOf(await next(self)), codeOf(await next(self, null)), codeOf(await claim(self, await open()))]).toEqual(
      Array(3).fill('CLAIMS_FULL'),
    );
    const both = await Promise.all([0, 1, 2].map(async () => codeOf(await next(person(tenant, ['approver'], self.subject)))));
    expect(new Set(both)).toEqual(new Set(['CLAIMS_FULL']));
  });

  it('asked ten times at once by one reviewer, ends at the limit too', async () => {
    const self = person(tenant);
    for (let at = 0; at < 10; at += 1) await open();
    const codes = (await Promise.all(Array.from({ length: 10 }, () => next(self)))).map(codeOf).sort();
    expect(codes).toEqual([...Array<string>(5).fill('CLAIMS_FULL'), ...Array<string>(5).fill('ok')]);
  });
});

describe('a reviewer who skips', () => {
  it('is never offered it again, and may not take it either; others are', async () => {
    const [self, other] = [person(tenant), person(tenant)];
    const task = await open();
    const held = await taken(self);
    expect(codeOf(await room.write(self, (write) => room.claims.skip(write, handOf(held), 'other', ' ')))).toBe('TEXT_INVALID');
    expect(codeOf(await room.write(other, (write) => room.claims.skip(write, handOf(held), 'personal', '')))).toBe('LEASE_LOST');
    valueOf(await room.write(self, (write) => room.claims.skip(write, handOf(held), 'conflict-of-interest', 'My sister is in it.')));
    expect(valueOf(await next(self))).toBeNull();
    expect(codeOf(await claim(self, task))).toBe('TASK_SKIPPED');
    expect((await taken(other)).id).toBe(task.id);
    expect(await room.eventsOf(task.id)).toEqual(['task.opened', 'task.claimed', 'task.skipped', 'task.claimed']);
    const [entry] = await room.database.asAdmin<{ text: string }>(
      `select convert_from(bytes, 'UTF8') as text from ledger_entry where tenant = $1 and type = 'task.skipped'`,
      [tenant],
    );
    expect(entry?.text).toContain('conflict-of-interest');
    expect(entry?.text).not.toContain('sister');
    await expect(room.database.asAdmin(`delete from review_exclusion where task = $1`, [task.id])).rejects.toThrow(/append-only/);
  });
});

describe('a task that is put aside', () => {
  it('is offered to nobody before, and again afterwards; the clock shows it', async () => {
    const self = person(tenant);
    const task = await open();
    const until = new Date(Date.now() + HOUR_MS / 2);
    const held = await taken(self);
    expect(codeOf(await room.write(self, (write) => room.claims.snooze(write, handOf(held), new Date(Date.now() + 2 * HOUR_MS), '')))).toBe(
      'SNOOZE_INVALID',
    );
    valueOf(await room.write(self, (write) => room.claims.snooze(write, handOf(held), until, 'Waiting for the model release.')));
    expect(valueOf(await next(self))).toBeNull();
    expect(await find(task.id)).toMatchObject({ state: 'open', restsUntil: until });
    expect((await clockOf(task.id)).map(({ run_at, state }) => [run_at <= until, state])).toEqual([[true, 'queued']]);
    await room.database.asAdmin(`update review_task set rests_until = now() where id = $1`, [task.id]);
    // also while no worker runs
    const again = await taken(self);
    expect(again).toMatchObject({ id: task.id, restsUntil: null });
    valueOf(await room.write(self, (write) => room.claims.snooze(write, handOf(again), until, '')));
    await room.database.asAdmin(`update review_task set rests_until = now() where id = $1`, [task.id]);
    await tick(task);
    expect(await find(task.id)).toMatchObject({ state: 'open', restsUntil: null });
    expect(codeOf(await claim(self, task))).toBe('ok');
  });
});

describe('a task that is delegated', () => {
  it('is that person’s alone, comes first there, and is everybody’s once it is given back', async () => {
    const [self, other] = [person(tenant), person(tenant)];
    const [named, requester, creator] = [
      await room.newMember(tenant),
      await room.newMember(tenant),
      await room.newMember(tenant, ['creator']),
    ];
    const urgent = await open({ priority: 1 });
    const task = await open({ priority: 0, requester: requester.subject });
    const held = await taken(self);
    const to = async (whom: SubjectId): Promise<string> =>
      codeOf(await room.write(self, (write) => room.flow.delegate(write, handOf(held), whom, 'You know the client.')));
    expect(held.id).toBe(task.id);
    expect([await to(requester.subject), await to(creator.subject), await to(newId('subject')), await to(self.subject)]).toEqual(
      Array(4).fill('DELEGATE_UNFIT'),
    );
    expect(await to(named.subject)).toBe('ok');
    expect([codeOf(await claim(other, task)), (await taken(other)).id]).toEqual(['TASK_DELEGATED', urgent.id]);
    const mine = (who: Who) => room.read(who, (read) => room.queues.list(read, { ...ALL, isMine: true }));
    expect([(await mine(named)).map(({ id }) => id), (await mine(self)).length]).toEqual([[task.id], 0]);
    await open({ priority: 0, dueAt: new Date(Date.now() + HOUR_MS / 4) });
    const passedOn = await taken(named);
    expect(passedOn.id).toBe(task.id);
    valueOf(await room.write(named, (write) => room.claims.giveBack(write, handOf(passedOn))));
    expect(codeOf(await claim(other, task))).toBe('ok');
    const notices = await room.database.asAdmin(`select addressee, kind, about from notice where tenant = $1`, [tenant]);
    expect(notices).toEqual([{ addressee: named.subject, kind: 'task-delegated', about: task.id }]);
    await expect(room.database.asAdmin(`update review_task set delegated_to = requester where id = $1`, [urgent.id])).rejects.toThrow(
      /review_task_delegate_separate/,
    );
  });

  it('goes to nobody who could not decide it, for whatever reason', async () => {
    const self = person(tenant);
    const [author, involved, decider, married, approver, legal] = [
      await room.newMember(tenant),
      await room.newMember(tenant),
      await room.newMember(tenant),
      await room.newMember(tenant),
      await room.newMember(tenant),
      await room.newMember(tenant, ['legal']),
    ];
    const bars = { policyAuthor: author.subject, involved: [involved.subject], deciders: [decider.subject] };
    const task = await open({ ...bars, slots: ['legal', 'any'] });
    const conflict = { kind: 'subject', target: task.requester ?? '', reason: 'We are married.' } as const;
    valueOf(await room.write(married, (write) => room.conflicts.declare(write, conflict)));
    const delegate = async (held: ClaimedTask, whom: Who): Promise<string> =>
      codeOf(await room.write(self, (write) => room.flow.delegate(write, handOf(held), whom.subject, '')));
    const held = await taken(self);
    const codes: string[] = [];
    for (const whom of [author, involved, decider, married, approver]) codes.push(await delegate(held, whom));
    expect(codes).toEqual([...Array<string>(4).fill('DELEGATE_UNFIT'), 'ok']);
    // its one place is legal's
    const lawyer = await room.newMember(tenant, ['legal']);
    const kept = valueOf(await claim(lawyer, await open({ slots: ['legal'] })));
    const hand = (whom: Who) => room.write(lawyer, (write) => room.flow.delegate(write, handOf(kept), whom.subject, ''));
    expect([codeOf(await hand(approver)), codeOf(await hand(legal))]).toEqual(['DELEGATE_UNFIT', 'ok']);
  });

  it('is not taken to be decided at once either, nor is one that was skipped', async () => {
    const [self, other, named] = [person(tenant), person(tenant), await room.newMember(tenant)];
    const task = await open();
    const held = await taken(self);
    const decide = async (who: Who): Promise<string> => codeOf(await room.write(who, (write) => room.claims.claimToDecide(write, task.id)));
    valueOf(await room.write(self, (write) => room.flow.delegate(write, handOf(held), named.subject, '')));
    expect([await decide(other), await decide(named)]).toEqual(['TASK_DELEGATED', 'ok']);
    const theirs = valueOf(await claim(named, task));
    valueOf(await room.write(named, (write) => room.claims.skip(write, handOf(theirs), 'personal', '')));
    expect([await decide(named), await decide(other)]).toEqual(['TASK_SKIPPED', 'ok']);
  });

  it('goes to whoever stands in for somebody who is away, who is offered nothing', async () => {
    const self = person(tenant);
    const [away, deputy, depicted] = [await room.newMember(tenant), await room.newMember(tenant), await room.newMember(tenant)];
    const set = (who: Who, standIn: SubjectId | null): Promise<string> =>
      room.write(who, async (write) =>
        codeOf(
          await room.absences.set(write, {
            from: new Date(),
            until: new Date(Date.now() + 24 * HOUR_MS),
            deputy: standIn,
            text: 'Surgery.',
          }),
        ),
      );
    const creator = await room.newMember(tenant, ['creator']);
    expect([await set(away, away.subject), await set(away, creator.subject), await set(away, deputy.subject)]).toEqual([
      'ABSENCE_INVALID',
      'ABSENCE_INVALID',
      'ok',
    ]);
    await open({ priority: 0, depicted: [depicted.subject] });
    expect(codeOf(await next(away))).toBe('REVIEWER_ABSENT');
    const held = await taken(self);
    const delegate = async (whom: Who): Promise<string> =>
      codeOf(await room.write(self, (write) => room.flow.delegate(write, handOf(held), whom.subject, '')));
    expect(await delegate(away)).toBe('ok');
    expect((await taken(deputy)).id).toBe(held.id);
    // whoever stands in must be free to decide it, too
    expect(await set(deputy, depicted.subject)).toBe('ok');
    await open({ priority: 1, depicted: [depicted.subject] });
    const second = await taken(self);
    expect(codeOf(await room.write(self, (write) => room.flow.delegate(write, handOf(second), away.subject, '')))).toBe('DELEGATE_UNFIT');
    expect(codeOf(await room.write(away, (write) => room.absences.set(write, null)))).toBe('ok');
    expect(codeOf(await next(away))).toBe('ok');
    const [stored] = await room.database.asAdmin<{ text: string }>(
      `select string_agg(convert_from(bytes, 'UTF8'), '') as text from ledger_entry where tenant = $1 and type = 'absence.set'`,
      [tenant],
    );
    expect(stored?.text).not.toMatch(/Surgery|until/);
  });
});

describe('the clock', () => {
  it('takes a task out of hands that let go of it, visibly', async () => {
    const self = person(tenant);
    const task = await open();
    const held = await taken(self);
    await tick(task);
    expect(await find(task.id)).toMatchObject({ state: 'claimed' });
    await room.database.asAdmin(`update review_task set lease_until = now() where id = $1`, [task.id]);
    await tick(task);
    await tick(task);
    expect(await find(task.id)).toMatchObject({ state: 'open', claim: null });
    expect(await room.eventsOf(task.id)).toEqual(['task.opened', 'task.claimed', 'task.returned']);
    expect(codeOf(await room.write(self, (write) => room.review.decide(write, approval(held))))).toBe('LEASE_LOST');
  });

  it('tells once that a task is late: more urgent, everybody’s, and its leads are told', async () => {
    const [lead, reviewer] = [await room.newMember(tenant, ['legal']), await room.newMember(tenant)];
    const task = await open({ priority: 4, dueAt: new Date(Date.now() - HOUR_MS) });
    const other = await open({ priority: 3 });
    await room.database.asAdmin(`update review_task set delegated_to = $2 where id = $1`, [task.id, reviewer.subject]);
    await tick(task);
    await tick(task);
    const late = await find(task.id);
    expect(late).toMatchObject({ priority: 3, delegatedTo: null, queue: 'marketing' });
    expect(late.breachedAt).not.toBeNull();
    expect(await room.eventsOf(task.id)).toEqual(['task.opened', 'task.breached']);
    expect(await room.database.asAdmin(`select addressee, kind, about from notice where tenant = $1`, [tenant])).toEqual([
      { addressee: lead.subject, kind: 'task-breached', about: task.id },
    ]);
    const breached = await room.read(reviewer, (read) => room.queues.list(read, { ...ALL, isBreached: true }));
    expect(breached.map(({ id }) => id)).toEqual([task.id]);
    expect((await taken(reviewer)).id).toBe(task.id);
    expect((await taken(lead)).id).toBe(other.id);
    await expect(room.database.asAdmin(`update review_task set breached_at = null where id = $1`, [task.id])).rejects.toThrow(/told once/);
    const standings = await room.read(reviewer, (read) => room.flow.standings(read));
    expect(standings.find(({ queue }) => queue === 'marketing')).toMatchObject({
      waiting: 2,
      breached: 1,
      claimed: 2,
      priority: null,
      oldestAt: task.openedAt,
    });
    const [first, second] = await room.read(reviewer, (read) => room.queues.reviewers(read, 'marketing'));
    expect([first, second].map((each) => [each?.holds.length, each?.seenAt === null, each?.name])).toEqual([
      [1, false, 'Somebody'],
      [1, false, 'Somebody'],
    ]);
    const stranger = person(await room.newTenant());
    expect(await room.read(stranger, (read) => room.queues.reviewers(read, null))).toEqual([]);
    expect((await room.read(stranger, (read) => room.flow.standings(read))).map(({ waiting }) => waiting)).toEqual([0]);
  });
});

describe('twenty reviewers', () => {
  it('clear five hundred tasks, each decided once, by nobody whose own it is', async () => {
    const reviewers = Array.from({ length: 20 }, () => person(tenant));
    await room.database.asAdmin(
      `insert into review_task (tenant, id, asset, turn, item, content_digest, queue, priority, due_at, findings, bundle_hash, requester, depicted, state, opened_at)
       select $1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), sha256('as shown'), 'marketing', n % 10, now() + interval '1 day',
              '[]', decode(repeat('ab', 32), 'hex'), ($2::uuid[])[1 + n % 20], array[($2::uuid[])[1 + (n + 7) % 20]], 'open', now()
         from generate_series(1, 500) n`,
      [tenant, reviewers.map(({ subject }) => subject)],
    );
    await Promise.all(
      reviewers.map(async (who) => {
        for (;;) {
          const task = valueOf(await next(who));
          if (!task) return;
          valueOf(await room.write(who, (write) => room.review.decide(write, approval(task))));
        }
      }),
    );
    const [cleared] = await room.database.asAdmin(
      `select count(*)::int as decisions, count(distinct d.task)::int as tasks,
              count(*) filter (where d.reviewer = t.requester or d.reviewer = any (t.depicted))::int as own,
              (select count(*)::int from review_task where tenant = $1 and state <> 'decided') as left
         from review_decision d join review_task t on t.tenant = d.tenant and t.id = d.task where d.tenant = $1`,
      [tenant],
    );
    expect(cleared).toEqual({ decisions: 500, tasks: 500, own: 0, left: 0 });
  });
});
