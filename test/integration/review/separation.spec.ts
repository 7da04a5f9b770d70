import { newId, type TenantId } from '@imprimatur/kernel';
import type { ClaimedTask } from '@imprimatur/domain/review';
import { openReviewRoom, type ReviewRoom } from './review-room';
import { approval, codeOf, digestOf, person, TERMS, valueOf, wish } from './reviewers';

let room: ReviewRoom;
let tenant: TenantId;
beforeAll(async () => {
  room = await openReviewRoom();
});
beforeEach(async () => {
  tenant = await room.newTenant();
});
afterAll(() => room.close());

const INSERT = `insert into review_decision (tenant, id, task, reviewer, outcome, reason_code, content_digest, bundle_hash, lease_token, entry, decided_at)
  values ($1, $2, $3, $4, 'approve', 'meets-policy', $5, '\\xab', $6, $7, now())`;

/** The SQLSTATE with which the app role's own statement is refused; `ok` when it is not. */
async function sqlstate(statement: string, values: unknown[]): Promise<string> {
  return room
    .write(person(tenant), async (write) => {
      await write.manager.query(statement, values);
      return 'ok';
    })
    .catch((error: unknown) => (error as { driverError: { code: string } }).driverError.code);
}

const decided = ({ id, token, contentDigest }: ClaimedTask, reviewer: string, digest: Uint8Array = contentDigest): unknown[] => [
  tenant,
  newId('decision'),
  id,
  reviewer,
  Buffer.from(digest),
  token,
  newId('entry'),
];

describe.each([
  ['whoever asked for the edit', (subject: string) => ({ requester: subject })],
  ['whoever changed it last', (subject: string) => ({ lastEditor: subject })],
  ['a person shown in it', (subject: string) => ({ depicted: [newId('subject'), subject] })],
])('%s', (_, bound) => {
  it('is refused fifty times at once by the service', async () => {
    const self = person(tenant, ['approver', 'legal', 'creator']);
    const task = await room.write(self, (write) => room.review.open(write, wish(bound(self.subject) as object)));
    const attempts = await Promise.all(
      Array.from({ length: 50 }, (_unused, at) =>
        at % 2 === 0
          ? room.write(self, (write) => room.review.claim(write, task.id))
          : room.write(self, (write) =>
              room.review.decide(
                write,
                approval({
                  ...task,
                  contentDigest: task.contentDigest ?? digestOf('gone'),
                  token: newId('request'),
                  claim: { by: self.subject, until: new Date(0) },
                }),
              ),
            ),
      ),
    );
    expect(new Set(attempts.map(codeOf))).toEqual(new Set(['SELF_APPROVAL']));
    expect(valueOf(await room.write(self, (write) => room.claims.claimNext(write, 'marketing', TERMS)))).toBeNull();
    expect(await room.eventsOf(task.id)).toEqual(['task.opened']);
  });

  it('is refused fifty times at once by the database, whatever the service thinks', async () => {
    const self = person(tenant);
    const task = await room.write(self, (write) => room.review.open(write, wish(bound(self.subject) as object)));
    const claim = valueOf(await room.write(person(tenant), (write) => room.review.claim(write, task.id)));
    const attempts = await Promise.all(Array.from({ length: 50 }, () => sqlstate(INSERT, decided(claim, self.subject))));
    expect(new Set(attempts)).toEqual(new Set(['IM403']));
    // neither by taking the claim, nor by writing oneself out of the task first
    expect(await sqlstate(`update review_task set claimed_by = $2 where id = $1`, [task.id, self.subject])).toBe('23514');
    for (const change of [
      'requester = null',
      'last_editor = $2',
      `depicted = '{}'`,
      `content_digest = sha256('x')`,
      `findings = '[]'`,
      `bundle_hash = '\\xcd'`,
    ]) {
      const values = change.includes('$2') ? [task.id, newId('subject')] : [task.id];
      const same =
        (change.startsWith('requester') && !('requester' in bound(''))) || (change.startsWith('depicted') && !('depicted' in bound('')));
      if (!same) expect([change, await sqlstate(`update review_task set ${change} where id = $1`, values)]).toEqual([change, '42501']);
    }
  });
});

describe('the database', () => {
  it('takes a decision only from whoever holds the task, on what the task shows', async () => {
    const reviewer = person(tenant);
    const task = await room.write(reviewer, (write) => room.review.open(write, wish()));
    const claim = valueOf(await room.write(reviewer, (write) => room.review.claim(write, task.id)));
    expect(await sqlstate(INSERT, decided(claim, newId('subject')))).toBe('IM409');
    expect(await sqlstate(INSERT, decided({ ...claim, token: newId('request') }, reviewer.subject))).toBe('IM409');
    expect(await sqlstate(INSERT, decided(claim, reviewer.subject, digestOf('other')))).toBe('IM412');
    expect(await sqlstate(INSERT, decided({ ...claim, id: newId('task') }, reviewer.subject))).toBe('IM404');
    await room.database.asAdmin(`update review_task set lease_until = now() - interval '1 second' where id = $1`, [task.id]);
    expect(await sqlstate(INSERT, decided(claim, reviewer.subject))).toBe('IM409');
  });

  it('lets no task be decided without a decision, reopened, or forgotten', async () => {
    const reviewer = person(tenant);
    const task = await room.write(reviewer, (write) => room.review.open(write, wish()));
    const settle = `state = 'decided', ended_at = now(), claimed_by = null, lease_until = null, lease_token = null`;
    expect(await sqlstate(`update review_task set ${settle} where id = $1`, [task.id])).toBe('42501');
    expect(await sqlstate(`delete from review_task where id = $1`, [task.id])).toBe('42501');
    const claim = valueOf(await room.write(reviewer, (write) => room.review.claim(write, task.id)));
    const { decision } = valueOf(await room.write(reviewer, (write) => room.review.decide(write, approval(claim))));
    expect(await sqlstate(`update review_task set state = 'open', ended_at = null where id = $1`, [task.id])).toBe('42501');
    expect(await sqlstate(`update review_decision set outcome = 'reject' where id = $1`, [decision.id])).toBe('42501');
    expect(await sqlstate(`delete from review_decision where id = $1`, [decision.id])).toBe('42501');
    // the owner of the server as well, short of taking the triggers away
    for (const statement of [
      `update review_decision set outcome = 'reject'`,
      'delete from review_decision',
      'truncate review_decision cascade',
      'truncate review_task cascade',
    ]) {
      await expect(room.database.asAdmin(statement)).rejects.toThrow(/append-only|refused/);
    }
  });
});
