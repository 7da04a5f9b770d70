import { AssetService } from '@imprimatur/domain/assets';
import { EditingService, type NewTurn, type TurnPreview, type TurnTarget } from '@imprimatur/domain/editing';
import { ScreeningService } from '@imprimatur/domain/moderation';
import { type ActivePolicy, ExceptionService, PolicyService } from '@imprimatur/domain/policies';
import { type Operation, PREFERRED_PROVIDER } from '@imprimatur/domain/providers';
import {
  type AssetId,
  notFound,
  ok,
  refuse,
  type Result,
  strictest,
  systemClock,
  type Verdict,
  type VerdictOutcome,
} from '@imprimatur/kernel';
import { DecisionReader } from '@imprimatur/domain/review';
import type { ReadContext } from '@imprimatur/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { AskerReader } from './asker.reader.js';
import { ConversationReader } from './conversation.js';
import { FactFinder, type Judged, type JudgedPicture, type Moderated, type SeenPicture } from './facts.js';
import { type Judgement, judgeBefore } from './judgement.js';

/** What the gates before rendering would say of one picture of a turn. */
export interface PreflightItem {
  readonly asset: AssetId;
  readonly outcome: VerdictOutcome;
  readonly verdicts: readonly Verdict[];
  /** What the prompt was understood to ask for. */
  readonly operations: readonly Operation[];
  /** What would be asked before anything is rendered; null: nothing. */
  readonly question: string | null;
  /** False: engines are still looking at the picture, and only what rests on the prompt is answered yet. */
  readonly isScreened: boolean;
}

/** Answers for a turn that was not submitted. Nothing is rendered, and nothing stored: no prompt, no verdict, no event. */
@Injectable()
export class PreflightFlow {
  constructor(
    private readonly editing: EditingService,
    private readonly assets: AssetService,
    private readonly policies: PolicyService,
    private readonly screenings: ScreeningService,
    private readonly facts: FactFinder,
    private readonly exceptions: ExceptionService,
    private readonly conversations: ConversationReader,
    private readonly askers: AskerReader,
    private readonly decisions: DecisionReader,
    @Inject(PREFERRED_PROVIDER) private readonly provider: string,
  ) {}

  /** One answer per target, in their order; refused as submitting would be. */
  async preflight(read: ReadContext, wish: NewTurn): Promise<Result<readonly PreflightItem[]>> {
    const preview = await this.editing.previewTurn(read, wish);
    if (!preview.ok) return preview;
    const { policy } = await this.policies.judging(read, wish.session);
    const items: PreflightItem[] = [];
    for (const target of wish.targets) {
      const item = await this.item(read, wish, preview.value, target, policy);
      if (!item.ok) return item;
      items.push(item.value);
    }
    return ok(items);
  }

  private async item(
    read: ReadContext,
    { prompt, providers }: NewTurn,
    { session, shapes }: TurnPreview,
    target: TurnTarget,
    policy: ActivePolicy,
  ): Promise<Result<PreflightItem>> {
    const found = await this.assets.find(read, target.asset);
    if (!found.ok) return found;
    const pictures = await this.pictures(read, target);
    if (!pictures) return refuse(notFound('version'));
    const { base, ancestors, isScreened, earlierWords } = pictures;
    const { subject, roles } = read.context.actor;
    const shape = shapes.get(target.asset);
    const judged: Judged = {
      policy,
      asker: await this.askers.find(read, { subject, asset: target.asset, turn: null, at: systemClock.now() }),
      session,
      asset: found.value,
      words: [prompt],
      earlierWords,
      mask: shape ? { mask: { shape } } : null,
    };
    const provider = providers?.[0] ?? this.provider;
    const findings = await this.facts.find(read, judged, base, ancestors, { provider, attempt: null }, knownOf(base));
    const exceptions = await this.exceptions.standing(read, {
      useCase: session.useCase,
      session: session.id,
      asset: target.asset,
      subject,
    });
    const conditions = await this.decisions.turnConditions(read, session.id, target.asset);
    const judgement = judgeBefore({ policy, roles, provider, exceptions, conditions }, findings);
    const verdicts = isScreened ? allOf(judgement) : withoutPicture(judgement);
    return ok({
      asset: target.asset,
      outcome: strictest(verdicts.map(({ outcome }) => outcome)),
      verdicts,
      operations: findings.intent.operations,
      question: judgement.question,
      isScreened,
    });
  }

  private async pictures(
    read: ReadContext,
    { version }: TurnTarget,
  ): Promise<{
    readonly base: JudgedPicture;
    readonly ancestors: readonly SeenPicture[];
    readonly isScreened: boolean;
    readonly earlierWords: readonly string[];
  } | null> {
    const lineage = await this.assets.lineage(read, version);
    const ids = lineage.map(({ id }) => id);
    const screenings = new Map((await this.screenings.ofVersions(read, ids)).map((screening) => [screening.version as string, screening]));
    const [base, ...ancestors] = lineage.map(({ id, item, sha256 }): SeenPicture => ({
      version: id,
      item,
      sha256: sha256 ?? new Uint8Array(32),
      screening: screenings.get(id)?.result ?? null,
    }));
    const screening = screenings.get(version);
    if (!base) return null;
    const earlierWords = await this.conversations.of(read, lineage);
    const words = screening ? await this.screenings.words(read, screening) : null;
    return {
      base: { ...base, words, sinceRoot: null },
      ancestors,
      isScreened: screening !== undefined && screening.state !== 'pending',
      earlierWords,
    };
  }
}

/** What is still being written is sent to nobody: only what moderators said when the picture came counts. */
function knownOf({ screening }: SeenPicture): Moderated {
  return { prompt: { verdicts: [], silent: [] }, picture: { verdicts: screening?.moderators ?? [], silent: [] } };
}

function allOf({ verdicts, declined }: Judgement): readonly Verdict[] {
  return declined === null ? verdicts : [...verdicts, declined];
}

/** What was said about a picture that nobody has looked at yet says nothing: only usage, which rests on the prompt, and the provider's no count. */
function withoutPicture(judgement: Judgement): readonly Verdict[] {
  return allOf(judgement).filter(({ gate }) => gate === 'usage' || gate === 'provider');
}
