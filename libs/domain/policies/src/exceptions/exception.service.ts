import { allow, byHand, type Duty, type HandRefusal, HandService, type MaybeAssertion } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import type { Matter } from '@imprimatur/formats/ledger';
import type { RuleException } from '@imprimatur/formats/policy';
import { type ExceptionId, newId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { PolicyService } from '../policy.service.js';
import { exceptionApproved, exceptionBegan, exceptionEnded, glassReviewed } from './exception.events.js';
import { exceptionNotOpen, type ExceptionRefusal } from './exception.refusals.js';
import { ExceptionRepository } from './exception.repository.js';
import { approvalMatter, approvalRefusal, glassMatter, reasonRefusal, reviewRefusal, stateOf, wishRefusal } from './exception.rules.js';
import type { ExceptionPage, ExceptionPlace, NewException, PolicyException } from './exception.types.js';

const APPROVING: Duty = { action: 'activate', on: 'PolicyException', rests: true, signature: 'when-enrolled' };
const REVIEWING: Duty = { ...APPROVING, action: 'decide' };

/** Exceptions from single rules: asked for, approved by a second person, limited in scope and time. Whether the scope exists, its flow asks. */
@Injectable()
export class ExceptionService {
  constructor(
    private readonly exceptions: ExceptionRepository,
    private readonly policies: PolicyService,
    private readonly ledger: Ledger,
    private readonly hands: HandService,
  ) {}

  /** Counts for nothing until somebody else approves it. */
  async propose(write: WriteContext, wish: NewException): Promise<Result<PolicyException, ExceptionRefusal>> {
    const denied = allow(write.context, 'create', 'PolicyException');
    return denied ? refuse(denied) : this.begin(write, wish, false);
  }

  /** Counts at once, for a day at most, and waits for somebody else's judgement afterwards. */
  async breakGlass(write: WriteContext, wish: NewException): Promise<Result<PolicyException, ExceptionRefusal>> {
    const denied = allow(write.context, 'override', 'PolicyException');
    return denied ? refuse(denied) : this.begin(write, wish, true);
  }

  async approve(
    write: WriteContext,
    id: ExceptionId,
    assertion: MaybeAssertion = null,
  ): Promise<Result<PolicyException, ExceptionRefusal | HandRefusal>> {
    const denied = allow(write.context, 'activate', 'PolicyException');
    if (denied) return refuse(denied);
    const found = await this.exceptions.lock(write, id);
    if (!found) return refuse(notFound('exception'));
    const [by, at] = [write.context.actor.subject, systemClock.now()];
    const refused = approvalRefusal(found, by, at);
    if (refused) return refuse(refused);
    const hand = await this.hands.take(write, approvalMatter(found, await this.bundleHash(write)), APPROVING, assertion);
    if (!hand.ok) return hand;
    await this.exceptions.approve(write, id, { by, at });
    await this.ledger.append(write, byHand(exceptionApproved(found), hand.value));
    return ok({ ...found, approved: { by, at } });
  }

  async review(
    write: WriteContext,
    id: ExceptionId,
    { justified, reason }: { readonly justified: boolean; readonly reason: string },
    assertion: MaybeAssertion = null,
  ): Promise<Result<PolicyException, ExceptionRefusal | HandRefusal>> {
    const denied = allow(write.context, 'decide', 'PolicyException') ?? reasonRefusal(reason);
    if (denied) return refuse(denied);
    const found = await this.exceptions.lock(write, id);
    if (!found) return refuse(notFound('exception'));
    const [by, at] = [write.context.actor.subject, systemClock.now()];
    const refused = reviewRefusal(found, by, at);
    if (refused) return refuse(refused);
    const matter = glassMatter(found, await this.bundleHash(write), justified, reason);
    const hand = await this.hands.take(write, matter, REVIEWING, assertion);
    if (!hand.ok) return hand;
    const { id: entry } = await this.ledger.append(write, byHand(glassReviewed(found, justified, reason), hand.value));
    const reviewed = { by, at, justified, entry };
    await this.exceptions.review(write, id, reviewed);
    return ok({ ...found, reviewed });
  }

  /** Ends what counts, or declines what was proposed. Anybody who may: it makes the policy stricter again. */
  async end(write: WriteContext, id: ExceptionId, reason: string): Promise<Result<PolicyException, ExceptionRefusal>> {
    const denied = allow(write.context, 'withdraw', 'PolicyException') ?? reasonRefusal(reason);
    if (denied) return refuse(denied);
    const found = await this.exceptions.lock(write, id);
    if (!found) return refuse(notFound('exception'));
    const [by, at] = [write.context.actor.subject, systemClock.now()];
    const state = stateOf(found, at);
    if (state === 'ended' || state === 'expired') return refuse(exceptionNotOpen(state, 'there is nothing left to end'));
    const { id: entry } = await this.ledger.append(write, exceptionEnded(found, reason));
    const ended = { by, at, entry };
    await this.exceptions.end(write, id, ended);
    return ok({ ...found, ended });
  }

  /** What is signed to approve it, or to judge a broken glass; null: it is not the caller's to see. */
  async matterOf(
    read: ReadContext,
    id: ExceptionId,
    judged: { readonly justified: boolean; readonly reason: string } | null,
  ): Promise<Matter | null> {
    const [found] = await this.findMany(read, [id]);
    if (!found) return null;
    const bundle = await this.bundleHash(read);
    return judged ? glassMatter(found, bundle, judged.justified, judged.reason) : approvalMatter(found, bundle);
  }

  /** What counts for a turn now, for the gates; the caller authorised. */
  async standing(read: ReadContext, place: ExceptionPlace): Promise<readonly RuleException[]> {
    return (await this.exceptions.standing(read, place, systemClock.now())).map(({ id, rule }) => ({ id, rule }));
  }

  async findMany(read: ReadContext, ids: readonly ExceptionId[]): Promise<readonly PolicyException[]> {
    return allow(read.context, 'read', 'PolicyException') ? [] : this.exceptions.findMany(read, ids);
  }

  /** Newest first; the key of a page is the exception's id. */
  async list(read: ReadContext, page: ExceptionPage): Promise<readonly PolicyException[]> {
    return allow(read.context, 'read', 'PolicyException') ? [] : this.exceptions.page(read, page, systemClock.now());
  }

  private async bundleHash(read: ReadContext): Promise<string> {
    return (await this.policies.active(read)).ref.hash;
  }

  private async begin(write: WriteContext, wish: NewException, isBreakGlass: boolean): Promise<Result<PolicyException, ExceptionRefusal>> {
    const now = systemClock.now();
    const refused = wishRefusal(wish, await this.policies.active(write), isBreakGlass, now);
    if (refused) return refuse(refused);
    const id = newId('exception');
    const { id: entry } = await this.ledger.append(write, exceptionBegan(id, wish, isBreakGlass));
    const { rule, scope, owner, until } = wish;
    const exception: PolicyException = {
      ...{ id, rule, scope, owner, until, isBreakGlass, entry },
      proposedBy: write.context.actor.subject,
      proposedAt: now,
      approved: null,
      reviewed: null,
      ended: null,
    };
    await this.exceptions.insert(write, exception);
    return ok(exception);
  }
}
