import { newId, type ItemId, type SubjectId, type TenantId } from '@imprimatur/kernel';
import type { ReviewTask, TaskCursor } from '@imprimatur/domain/review';
import { openReviewRoom, type ReviewRoom } from './review-room';
import { ALL, approval, codeOf, digestOf, person, TERMS, valueOf, wish } from './reviewers';

let room: ReviewRoom;
let tenant: TenantId;
beforeAll(async () => {
  room = await openReviewRoom();
});
beforeEach(async () => {
  tenant = await room.newTenant();
});
afterAll(() => room.close());

describe('twenty reviewers at one queue', () => {
  it('who ask for one and the same task: one gets it', async () => {
    const task = await room.write(person(tenant), (write) => room.review.open(write, wish()));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => room.write(person(tenant), (write) => room.review.claim(write, task.id))),
    );
    expect(answers.map(codeOf).sort()).toEqual([...Array.from({ length: 19 }, () => 'ALREADY_CLAIMED'), 'ok']);
  });

  it('get the most urgent task first', async () => {
    const dueAt = (minute: number): Date => new Date(Date.UTC(2026, 10, 30, 12, minute));
    for (const [priority, minute] of [
      [5, 1],
      [1, 9],
      [1, 3],
      [9, 0],
    ] as const) {
      await room.write(person(tenant), (write) => room.review.open(write, wish({ priority, dueAt: dueAt(minute) })));
    }
    const order: string[] = [];
    for (let at = 0; at < 4; at += 1) {
      const claim = valueOf(await room.write(person(tenant), (write) => room.claims.claimNext(write, 'marketing', TERMS)));
      order.push(`${claim?.priority} ${claim?.dueAt.getUTCMinutes()}`);
    }
    expect(order).toEqual(['1 3', '1 9', '5 1', '9 0']);
    expect(valueOf(await room.write(person(tenant), (write) => room.claims.claimNext(write, 'marketing', TERMS)))).toBeNull();
    expect(valueOf(await room.write(person(tenant), (write) => room.claims.claimNext(write, 'legal', TERMS)))).toBeNull();
  });
});

describe('a lease', () => {
  /** As if the holder's laptop had been closed for long. */
  const runOut = (id: string): Promise<unknown> =>
    room.database.asAdmin(`update review_task set lease_until = now() - interval '1 second' where id = $1`, [id]);

  it('that ran out goes to the next reviewer, and the late decision is refused', async () => {
    const [early, late] = [person(tenant), person(tenant)];
    const task = await room.write(early, (write) => room.review.open(write, wish()));
    const before = valueOf(await room.write(early, (write) => room.review.claim(write, task.id)));
    await runOut(task.id);
    expect(codeOf(await room.write(early, (write) => room.review.decide(write, approval(before))))).toBe('LEASE_LOST');
    expect(codeOf(await room.write(early, (write) => room.claims.extend(write, { task: task.id, token: before.token })))).toBe(
      'LEASE_LOST',
    );
    const after = valueOf(await room.write(late, (write) => room.claims.claimNext(write, 'marketing', TERMS)));
    expect(after?.id).toBe(task.id);
    expect(after?.token).not.toBe(before.token);
    expect(codeOf(await room.write(early, (write) => room.review.decide(write, approval(before))))).toBe('LEASE_LOST');
    if (!after) throw new Error('nothing claimed');
    expect(codeOf(await room.write(late, (write) => room.review.decide(write, approval(after))))).toBe('ok');
    expect(codeOf(await room.write(early, (write) => room.review.decide(write, approval(before))))).toBe('ALREADY_DECIDED');
    expect(await room.eventsOf(task.id)).toEqual(['task.opened', 'task.claimed', 'task.claimed', 'task.decided']);
  });

  it('is renewed by a heartbeat, and given back by hand', async () => {
    const [holder, other] = [person(tenant), person(tenant)];
    const task = await room.write(holder, (write) => room.review.open(write, wish()));
    const claim = valueOf(await room.write(holder, (write) => room.review.claim(write, task.id)));
    await room.database.asAdmin(`update review_task set lease_until = now() + interval '10 seconds' where id = $1`, [task.id]);
    const until = valueOf(await room.write(holder, (write) => room.claims.extend(write, { task: task.id, token: claim.token })));
    expect(until.getTime() - claim.claim.until.getTime()).toBeGreaterThanOrEqual(0);
    expect(codeOf(await room.write(other, (write) => room.review.claim(write, task.id)))).toBe('ALREADY_CLAIMED');
    expect(codeOf(await room.write(other, (write) => room.claims.giveBack(write, { task: task.id, token: claim.token })))).toBe(
      'LEASE_LOST',
    );
    expect(codeOf(await room.write(holder, (write) => room.claims.giveBack(write, { task: task.id, token: claim.token })))).toBe('ok');
    expect(valueOf(await room.read(holder, (read) => room.review.find(read, task.id)))).toMatchObject({ state: 'open', claim: null });
    expect(codeOf(await room.write(other, (write) => room.review.claim(write, task.id)))).toBe('ok');
    expect(await room.eventsOf(task.id)).toEqual(['task.opened', 'task.claimed', 'task.returned', 'task.claimed']);
  });

  it('claimed again by its holder has a new token, and the old one is worth nothing', async () => {
    const holder = person(tenant);
    const task = await room.write(holder, (write) => room.review.open(write, wish()));
    const before = valueOf(await room.write(holder, (write) => room.review.claim(write, task.id)));
    const after = valueOf(await room.write(holder, (write) => room.review.claim(write, task.id)));
    expect(codeOf(await room.write(holder, (write) => room.review.decide(write, approval(before))))).toBe('LEASE_LOST');
    expect(codeOf(await room.write(holder, (write) => room.review.decide(write, approval(after))))).toBe('ok');
  });
});

describe('what is looked at', () => {
  it('must be what is decided: a newer version voids the task, another digest is refused', async () => {
    const reviewer = person(tenant);
    const item = newId('item');
    const former = await room.write(reviewer, (write) => room.review.open(write, wish({ item })));
    const claim = valueOf(await room.write(reviewer, (write) => room.review.claim(write, former.id)));
    expect(
      codeOf(await room.write(reviewer, (write) => room.review.decide(write, approval(claim, { contentDigest: digestOf('newer') })))),
    ).toBe('STALE_CONTENT');
    const newer = await room.write(reviewer, (write) => room.review.open(write, wish({ item, contentDigest: digestOf('newer') })));
    expect(codeOf(await room.write(reviewer, (write) => room.review.decide(write, approval(claim))))).toBe('TASK_VOIDED');
    const states = await room.read(reviewer, (read) => room.review.ofItems(read, [item]));
    expect(states.map(({ id, state }) => [id, state])).toEqual([
      [former.id, 'voided'],
      [newer.id, 'open'],
    ]);
    expect(await room.eventsOf(former.id)).toEqual(['task.opened', 'task.claimed', 'task.voided']);
  });

  it('can be voided once, and not after it was decided', async () => {
    const reviewer = person(tenant);
    const task = await room.write(reviewer, (write) => room.review.open(write, wish()));
    expect(await room.write(reviewer, (write) => room.review.void(write, task.item, 'cancelled'))).toMatchObject({
      id: task.id,
      state: 'voided',
    });
    expect(await room.write(reviewer, (write) => room.review.void(write, task.item, 'cancelled'))).toBeNull();
    expect(await room.write(reviewer, (write) => room.review.void(write, newId('item'), 'cancelled'))).toBeNull();
  });

  it('opened twice at once for one item waits once', async () => {
    const item: ItemId = newId('item');
    const both = await Promise.allSettled([0, 1].map(() => room.write(person(tenant), (write) => room.review.open(write, wish({ item })))));
    const waiting = await room.database.asAdmin<{ count: string }>(
      `select count(*) from review_task where item = $1 and ended_at is null`,
      [item],
    );
    expect([both.some(({ status }) => status === 'fulfilled'), waiting[0]?.count]).toEqual([true, '1']);
  });
});

describe('a decision', () => {
  it('keeps what was seen, why and under which policy; the words stay out of the table', async () => {
    const reviewer = person(tenant);
    const task = await room.write(reviewer, (write) => room.review.open(write, wish()));
    const claim = valueOf(await room.write(reviewer, (write) => room.review.claim(write, task.id)));
    const wanted = { outcome: 'reject', reasonCode: 'misleading', text: 'The label was changed.' } as const;
    const { decision } = valueOf(await room.write(reviewer, (write) => room.review.decide(write, approval(claim, wanted))));
    expect(decision).toMatchObject({
      reviewer: reviewer.subject,
      outcome: 'reject',
      reasonCode: 'misleading',
      bundleHash: 'ab'.repeat(32),
    });
    const [row] = await room.database.asAdmin<{ text: string }>(
      `select row_to_json(d)::text as text from review_decision d where id = $1`,
      [decision.id],
    );
    expect(row?.text).not.toContain('label');
    expect(row?.text).toContain(decision.entry);
  });

  it.each([
    ['a reason that the policy does not know', { reasonCode: 'mood' }, 'REASON_CODE_UNKNOWN'],
    ['a reason without its text', { outcome: 'reject', reasonCode: 'misleading', text: ' ' }, 'REASON_REQUIRED'],
    ['the token of another claim', { token: '00000000-0000-4000-8000-000000000000' }, 'LEASE_LOST'],
    ['something that is no token', { token: 'x' }, 'LEASE_LOST'],
  ] as const)('with %s is refused, and changes nothing', async (_, over, code) => {
    const reviewer = person(tenant);
    const task = await room.write(reviewer, (write) => room.review.open(write, wish()));
    const claim = valueOf(await room.write(reviewer, (write) => room.review.claim(write, task.id)));
    expect(codeOf(await room.write(reviewer, (write) => room.review.decide(write, approval(claim, over))))).toBe(code);
    expect(await room.eventsOf(task.id)).toEqual(['task.opened', 'task.claimed']);
    expect(codeOf(await room.write(reviewer, (write) => room.review.decide(write, approval(claim))))).toBe('ok');
  });
});

describe('the list', () => {
  it('gives every waiting task once, most urgent first, page by page', async () => {
    const reader = person(tenant);
    for (let at = 0; at < 25; at += 1) {
      const dueAt = new Date(Date.UTC(2026, 10, 30, 12, 0, 0, at % 5));
      await room.write(reader, (write) =>
        room.review.open(write, wish({ queue: at % 5 === 0 ? 'legal' : 'marketing', priority: at % 3, dueAt })),
      );
    }
    const pages = async (queue: string | null): Promise<ReviewTask[]> => {
      const all: ReviewTask[] = [];
      let after: TaskCursor | null = null;
      for (;;) {
        const page: readonly ReviewTask[] = await room.read(reader, (read) => room.queues.list(read, { ...ALL, queue, first: 4, after }));
        all.push(...page);
        const last = page.at(-1);
        if (!last) return all;
        after = { priority: last.priority, dueAt: last.dueAt, id: last.id };
      }
    };
    const all = await pages(null);
    const key = ({ priority, dueAt, id }: ReviewTask): string => `${priority} ${dueAt.toISOString()} ${id}`;
    expect(all.map(key)).toEqual([...all.map(key)].sort());
    expect(new Set(all.map(({ id }) => id)).size).toBe(25);
    expect(await pages('legal')).toHaveLength(5);
    const claim = valueOf(await room.write(reader, (write) => room.claims.claimNext(write, 'legal', TERMS)));
    const claimed = await room.read(reader, (read) => room.queues.list(read, { ...ALL, queue: 'legal', state: 'claimed' }));
    expect(claimed.map(({ id, claim: held }) => [id, held?.by])).toEqual([[claim?.id, reader.subject]]);
  });

  it('and every other door shows nothing of another tenant, and nothing to who may not read', async () => {
    const task = await room.write(person(tenant), (write) => room.review.open(write, wish()));
    const stranger = person(await room.newTenant());
    const integrator = person(tenant, ['integrator']);
    for (const who of [stranger, integrator]) {
      expect(await room.read(who, (read) => room.queues.list(read, ALL))).toEqual([]);
      expect(await room.read(who, (read) => room.review.ofItems(read, [task.item]))).toEqual([]);
      expect(codeOf(await room.read(who, (read) => room.review.find(read, task.id)))).toBe('NOT_FOUND');
    }
    expect(codeOf(await room.write(stranger, (write) => room.review.claim(write, task.id)))).toBe('NOT_FOUND');
    expect(codeOf(await room.write(integrator, (write) => room.review.claim(write, task.id)))).toBe('FORBIDDEN');
    const service = {
      ...person(tenant),
      actor: { kind: 'service' as const, subject: newId('subject') as SubjectId, ref: 'robot', roles: ['approver' as const] },
    };
    expect(codeOf(await room.write(service, (write) => room.review.claim(write, task.id)))).toBe('FORBIDDEN');
  });
});
