import {
  confirmationMatter,
  type CredentialRefusal,
  enrolmentMatter,
  GrantService,
  HandService,
  revocationMatter,
  type Statement,
} from '@imprimatur/domain/identity';
import { type BundleDecision, ExceptionService, PolicyService } from '@imprimatur/domain/policies';
import { type ConditionWish, type PinWish, ReviewService, type ReviewOutcome } from '@imprimatur/domain/review';
import type { Matter, StatementKind } from '@imprimatur/formats/ledger';
import { fromHex, notFound, ok, parseId, type Refusal, refuse, type Result, type StatementId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { decisionMatter } from './review.flow.js';
import { judgeOf } from './review.policy.js';

/** What somebody is about to decide, in the words of the decision itself. What a kind has no use for is empty. */
export interface StatementWish {
  readonly kind: StatementKind;
  /** Public id of what is decided on. */
  readonly target: string;
  readonly outcome: string;
  readonly reasonCode: string;
  readonly reason: string;
  /** Hex. */
  readonly content: string;
  readonly conditions: readonly ConditionWish[];
  readonly pins: readonly PinWish[];
  /** Where a task is passed on to; null: none is named. */
  readonly queue: string | null;
  /** Of a canary. */
  readonly sharePermille: number;
}

type Refused = CredentialRefusal | Refusal;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/** Draws up what is to be signed: each noun says what its decision is about, from what stands now. */
@Injectable()
export class StatementFlow {
  constructor(
    private readonly hands: HandService,
    private readonly grants: GrantService,
    private readonly policies: PolicyService,
    private readonly exceptions: ExceptionService,
    private readonly reviews: ReviewService,
  ) {}

  async begin(write: WriteContext, wish: StatementWish): Promise<Result<StatementId, Refused>> {
    const matter = await this.matterOf(write, wish);
    return matter.ok ? this.hands.begin(write, matter.value) : matter;
  }

  /** The one that waits, drawn up again. */
  async statement(read: ReadContext, id: StatementId, wish: StatementWish): Promise<Result<Statement, Refused>> {
    const matter = await this.matterOf(read, wish);
    return matter.ok ? this.hands.statement(read, id, matter.value) : matter;
  }

  private async matterOf(read: ReadContext, wish: StatementWish): Promise<Result<Matter, Refused>> {
    switch (wish.kind) {
      case 'policy.activate':
        return this.ofBundle(read, wish, { kind: wish.kind });
      case 'policy.canary':
        return this.ofBundle(read, wish, { kind: wish.kind, sharePermille: wish.sharePermille });
      case 'policy.roll-back':
        return this.ofBundle(read, wish, { kind: wish.kind, reason: wish.reason });
      case 'exception.approve':
      case 'exception.review':
        return this.ofException(read, wish);
      case 'grant.confirm':
        return this.ofGrant(read, wish);
      case 'task.decide':
        return this.ofTask(read, wish);
      case 'credential.enrol':
      case 'credential.revoke':
        return ofCredential(wish);
    }
  }

  private async ofBundle(read: ReadContext, { target }: StatementWish, decision: BundleDecision): Promise<Result<Matter, Refused>> {
    const id = parseId('bundle', target);
    const matter = id && (await this.policies.matterOf(read, id, decision));
    return matter ? ok(matter) : refuse(notFound('policy version'));
  }

  private async ofException(read: ReadContext, { kind, target, outcome, reason }: StatementWish): Promise<Result<Matter, Refused>> {
    const id = parseId('exception', target);
    const judged = kind === 'exception.approve' ? null : { justified: outcome === 'justified', reason };
    const matter = id && (await this.exceptions.matterOf(read, id, judged));
    return matter ? ok(matter) : refuse(notFound('exception'));
  }

  private async ofGrant(read: ReadContext, { target }: StatementWish): Promise<Result<Matter, Refused>> {
    const id = parseId('grant', target);
    const grant = id && (await this.grants.find(read, id));
    return grant ? ok(confirmationMatter(grant)) : refuse(notFound('grant'));
  }

  private async ofTask(
    read: ReadContext,
    { target, outcome, reasonCode, reason, content, ...terms }: StatementWish,
  ): Promise<Result<Matter, Refused>> {
    const id = parseId('task', target);
    const found = id ? await this.reviews.find(read, id) : refuse(notFound('review task'));
    if (!found.ok) return found;
    if (!SHA256_HEX.test(content)) return refuse(contentMissing());
    const { ref } = await judgeOf(this.policies, read, found.value.session);
    const decision = { task: found.value.id, contentDigest: fromHex(content), outcome: outcome as ReviewOutcome, reasonCode, text: reason };
    return ok(decisionMatter({ ...decision, ...terms }, ref.hash));
  }
}

/** Whether it is there and whose it is shows when it is done: the id of one that is being enrolled is nowhere else yet. */
function ofCredential({ kind, target, content }: StatementWish): Result<Matter, Refused> {
  const id = parseId('credential', target);
  if (!id) return refuse(notFound('credential'));
  if (kind === 'credential.revoke') return ok(revocationMatter(id));
  return SHA256_HEX.test(content) ? ok(enrolmentMatter(id, content)) : refuse(contentMissing());
}

function contentMissing(): Refusal<'CONTENT_DIGEST_MISSING'> {
  return {
    code: 'CONTENT_DIGEST_MISSING',
    message: 'The statement says what was looked at, and no digest of that was given.',
    remedy: 'Give contentSha256: 64 hexadecimal digits in lower case.',
  };
}
