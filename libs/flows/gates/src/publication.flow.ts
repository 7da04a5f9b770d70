import { AssetService, type Version } from '@imprimatur/domain/assets';
import { ConsentService } from '@imprimatur/domain/consent';
import { EditingService } from '@imprimatur/domain/editing';
import { allow } from '@imprimatur/domain/identity';
import { ScreeningService } from '@imprimatur/domain/moderation';
import { PolicyService } from '@imprimatur/domain/policies';
import { DecisionReader, isText, type NewTask, publicationRefused, ReviewService } from '@imprimatur/domain/review';
import {
  assert,
  type Finding,
  ok,
  refuse,
  type Refusal,
  type Result,
  type SubjectId,
  systemClock,
  type TaskId,
  type VersionId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { HandsReader } from './hands.js';
import { judgeOf } from './review.policy.js';
import { placeIn } from './review.task.js';

/** What was released without a person is approved by one before it leaves the house: each version for itself. */
@Injectable()
export class PublicationFlow {
  constructor(
    private readonly reviews: ReviewService,
    private readonly reader: DecisionReader,
    private readonly editing: EditingService,
    private readonly assets: AssetService,
    private readonly policies: PolicyService,
    private readonly screenings: ScreeningService,
    private readonly consents: ConsentService,
    private readonly hands: HandsReader,
  ) {}

  /** Opens the review that the export of a released version waits for. */
  async request(write: WriteContext, id: VersionId, reason: string): Promise<Result<{ readonly task: TaskId }>> {
    const denied = allow(write.context, 'export', 'Export') ?? allow(write.context, 'read', 'ReviewTask');
    if (denied) return refuse(denied);
    if (!isText(reason)) return refuse(publicationRefused('Say in 1 to 2,000 characters where it is to be published.', 'Send a reason.'));
    const found = await this.assets.findVersion(write, id);
    if (!found.ok) return found;
    if (found.value.item === null) return refuse(publicationRefused('An upload is not published from here.', 'Submit a turn on it.'));
    const item = await this.editing.lockItem(write, found.value.item);
    if (!item.ok) return item;
    const version = await this.assets.holdVersion(write, id);
    if (!version.ok) return version;
    const { releasedAt, sha256 } = version.value;
    if (item.value.state !== 'released' || item.value.resultVersion !== id || releasedAt === null || sha256 === null)
      return refuse(publicationRefused('Only a released version can be published.', 'Wait for its release.'));
    const refused = await this.openRefusal(write, id, item.value.id);
    if (refused) return refuse(refused);
    const wish = await this.wishOf(write, id, sha256);
    return ok({ task: (await this.reviews.open(write, wish, reason)).id });
  }

  private async openRefusal(read: ReadContext, id: VersionId, item: NewTask['item']): Promise<Refusal | null> {
    if ((await this.reader.approvals(read, [id])).length > 0)
      return publicationRefused('It is approved already.', 'Export it; if that is refused, its failure says why.');
    if (await this.reader.hasWaiting(read, item)) return publicationRefused('Its review waits already.', 'Wait for the decision.');
    const last = await this.reader.lastDecided(read, item);
    const ending = last && (await this.reader.ending(read, last.id));
    if (ending?.fate === 'pending') return publicationRefused('It was decided just now.', 'Wait until the time to take that back is over.');
    return ending?.decision.outcome === 'reject' && ending.fate === 'followed'
      ? publicationRefused('Its publication was rejected.', 'Appeal with appealDecision, or submit a new turn.')
      : null;
  }

  private async wishOf(read: ReadContext, id: VersionId, contentDigest: Uint8Array): Promise<NewTask> {
    const lineage = await this.assets.lineage(read, id);
    const [version, ...ancestors] = lineage;
    assert(version && version.item !== null, 'a released version was made by a turn');
    const [item] = await this.editing.findItems(read, [version.item]);
    const [turn] = item ? await this.editing.findTurns(read, [item.turn]) : [];
    const [session] = turn ? await this.editing.findSessions(read, [turn.session]) : [];
    const asset = await this.assets.find(read, version.asset);
    assert(item && turn && session && asset.ok, 'the turn and the picture of a version exist');
    const policy = await judgeOf(this.policies, read, session.id);
    const queue = policy.status === 'ready' ? policy.data.queues.find(({ publication }) => publication) : undefined;
    return {
      ...{ asset: version.asset, turn: turn.id, item: item.id, version: id, contentDigest },
      ...placeIn(policy, queue?.id ?? null),
      findings: [WANTED],
      bundleHash: policy.ref.hash,
      requester: turn.submittedBy,
      lastEditor: null,
      depicted: await this.depicted(read, lineage, session),
      session: session.id,
      kind: 'publication',
      follows: null,
      policyAuthor: null,
      // whoever wants it published does not approve that either
      involved: [
        ...new Set([...(await this.hands.of(read, { turn, session, asset: asset.value, lineage: ancestors })), ...asker(read)]),
      ].filter((who) => who !== turn.submittedBy),
      deciders: [],
    };
  }

  private async depicted(
    read: ReadContext,
    lineage: readonly Version[],
    { useCase, channel, territory }: { readonly useCase: string; readonly channel: string; readonly territory: string },
  ): Promise<readonly SubjectId[]> {
    const versions = lineage.map(({ id }) => id);
    const screened = new Map((await this.screenings.ofVersions(read, versions)).map(({ version, result }) => [version, result]));
    const [own, ...ancestors] = lineage.map(({ id, sha256 }) => {
      const result = screened.get(id) ?? null;
      const [pixelSha256, fingerprint] = [result?.pixelSha256 ?? null, result?.fingerprint ?? null];
      return { sha256: sha256 ?? new Uint8Array(32), pixelSha256, fingerprint, result };
    });
    assert(own, 'a lineage begins with its version');
    const matched = await this.consents.match(read, {
      ...own,
      ancestors,
      versions,
      faces: own.result?.faces ?? [],
      // who is shown is asked, not whether they agreed: no provider, and no training
      ...{ useCase, channel, territory, kindsOfChange: [], provider: null, training: false, now: systemClock.now() },
    });
    return [...new Set(matched.flatMap(({ subject }) => (subject === null ? [] : [subject])))];
  }
}

function asker({ context }: ReadContext): readonly SubjectId[] {
  return context.actor.subject === null ? [] : [context.actor.subject];
}

/** Why it waits: no rule holds it, its way out does. */
const WANTED: Finding = {
  rule: 'system.publication_requested',
  outcome: 'hold',
  reason: 'It was released without a person, and is to leave the house.',
  citation: 'House policy 5.2',
  remedy: 'Wait for the approval of its publication.',
  met: [],
};
