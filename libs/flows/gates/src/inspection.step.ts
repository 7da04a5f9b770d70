import { AssetService, type Version } from '@imprimatur/domain/assets';
import { EditingService } from '@imprimatur/domain/editing';
import {
  type EngineVerdict,
  type Moderation,
  Moderators,
  PictureBank,
  PictureEngine,
  type PictureScreening,
  providerVerdict,
  ScreeningService,
} from '@imprimatur/domain/moderation';
import type { Decision, PolicyQuestion } from '@imprimatur/formats/policy';
import { type Attempt, AttemptService } from '@imprimatur/domain/providers';
import { ReviewService } from '@imprimatur/domain/review';
import { assert, type Context, Fault, type ItemId, type JsonObject, strictest, type Verdict } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { type OutsideChange, Pictures } from '@imprimatur/platform/images';
import { Injectable } from '@nestjs/common';
import { FactFinder, type Findings, type JudgedPicture, type SeenPicture, wordsOf } from './facts.js';
import type { MissingFact } from './gate.types.js';
import { DossierReader, type ItemDossier } from './item.dossier.js';
import { facesOf, knownOf, moderatorsSaid } from './judgement.js';
import { maskOf } from './item.mask.js';
import { textAsEvidence } from './picture.text.js';
import { RootReader, sinceRoot as since, type SinceRoot, UNCHANGED } from './since.root.js';
import { newFaces } from './new.faces.js';
import { GATES_AFTER, runGates } from './pipeline.js';
import { classesIn, taskOf } from './review.task.js';
import { TrialObserver } from './trial.observer.js';
import type { ItemStep } from './turn.step.js';

interface Inspected {
  readonly result: Version;
  readonly screening: PictureScreening | null;
  readonly findings: Findings;
  readonly asked: PolicyQuestion;
  readonly decision: Decision;
  readonly verdicts: readonly Verdict[];
  readonly facts: JsonObject;
}

interface Looked {
  readonly screening: PictureScreening | null;
  readonly change: OutsideChange | null;
  readonly sinceRoot: SinceRoot | null;
  readonly prompt: Moderation;
  readonly moderation: Moderation;
  readonly missing: readonly MissingFact[];
}

/** rendered > inspected > held, released or refused, in one transaction: the gates after rendering. */
@Injectable()
export class InspectionStep implements ItemStep {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly dossiers: DossierReader,
    private readonly factFinder: FactFinder,
    private readonly editing: EditingService,
    private readonly assets: AssetService,
    private readonly screenings: ScreeningService,
    private readonly reviews: ReviewService,
    private readonly bank: PictureBank,
    private readonly engine: PictureEngine,
    private readonly pictures: Pictures,
    private readonly moderators: Moderators,
    private readonly attempts: AttemptService,
    private readonly observer: TrialObserver,
    private readonly roots: RootReader,
  ) {}

  async take(context: Context, id: ItemId, signal: AbortSignal): Promise<void> {
    const dossier = await this.unitOfWork.read(context, (read) => this.dossiers.read(read, id));
    const inspected = await this.inspect(context, dossier, signal);
    const isSettled = await this.unitOfWork.write(context, async (write) => {
      const item = await this.editing.lockItem(write, id);
      if (!item.ok || item.value.state !== 'rendered') return false;
      await this.settle(write, { ...dossier, item: item.value }, inspected);
      return true;
    });
    if (isSettled) await this.observer.observe(context, { ...dossier, about: id, ...inspected, exceptions: [] });
  }

  private async inspect(context: Context, dossier: ItemDossier, signal: AbortSignal): Promise<Inspected> {
    const { resultVersion, provider } = dossier.item;
    assert(resultVersion !== null && provider !== null, 'a rendered item has a result and a provider');
    const picture = await this.unitOfWork.read(context, (read) => this.assets.picture(read, resultVersion));
    if (!picture.ok) throw new Fault({ room: 'gates', code: 'CONTENT_ERASED', message: 'the result was erased before it was inspected' });
    const { version: result, bytes } = picture.value;
    const { screening, change, prompt, moderation, missing, sinceRoot } = await this.look(context, dossier, bytes, signal);
    const ancestors = dossier.lineage.map(({ id, item, sha256 }): SeenPicture => ({
      version: id,
      item,
      sha256: sha256 ?? new Uint8Array(32),
      screening: dossier.screenings.get(id)?.result ?? null,
    }));
    const seen: JudgedPicture = {
      version: result.id,
      item: dossier.item.id,
      sha256: result.sha256 ?? new Uint8Array(32),
      screening,
      words: screening?.words ?? null,
      sinceRoot,
    };
    const findings = await this.unitOfWork.read(context, async (read) => {
      const attempt = (await this.attempts.ofItems(read, [dossier.item.id])).findLast(({ ending }) => ending?.outcome === 'edited') ?? null;
      const judged = { ...moderation, verdicts: [...moderation.verdicts, ...providersOwn(attempt)] };
      return this.factFinder.find(read, dossier, seen, ancestors, { provider, attempt }, { prompt, picture: judged });
    });
    const rendered = {
      newFaces: newFaces(ancestors[0]?.screening?.faces ?? [], screening?.faces ?? []),
      changedOutsideMaskPermille: change?.changedPermille ?? 0,
      ...(sinceRoot ?? UNCHANGED).facts,
    };
    const asked: PolicyQuestion = { question: 'AutoRelease', roles: dossier.roles, facts: { ...findings.facts, ...rendered } };
    const decision = dossier.policy.decide(asked);
    const verdicts = runGates(GATES_AFTER, {
      decision,
      // what could not be seen is told once, by the engine's own code
      missing: [...findings.missing.filter(({ code }) => code !== 'SCREENING_FAILED'), ...missing],
      seen: {
        consent: {
          faces: facesOf(findings.faces),
          newFaces: rendered.newFaces,
          ...sinceRoot?.evidence,
        },
        moderation: { ...moderatorsSaid(findings.moderated), ...knownOf(findings.known), ...textAsEvidence(findings.text) },
        inspection: { ...(change === null ? {} : { change: { ...change } }), ...findings.vendor },
      },
    });
    return { result, screening, findings, asked, decision, verdicts, facts: { ...rendered, bundle: dossier.policy.ref.hash } };
  }

  /** Everybody looks at the result at the same time; whoever cannot is in `missing`, or silent. */
  private async look(context: Context, dossier: ItemDossier, bytes: Uint8Array, signal: AbortSignal): Promise<Looked> {
    const missing: MissingFact[] = [];
    const mask = maskOf(dossier);
    const orMissing = async <Seen>(looking: Promise<Seen>, whatIsMissing: (code: string) => readonly MissingFact[]): Promise<Seen | null> =>
      looking.catch((error: unknown) => {
        missing.push(...whatIsMissing(codeOf(error)));
        return null;
      });
    const [seen, change, root, prompt, moderation] = await Promise.all([
      orMissing(this.engine.screen(bytes), unseen),
      // without a mask the whole picture may change, and there is nothing to compare
      mask === null
        ? null
        : orMissing(this.pictures.compareOutsideMask(dossier.baseBytes, bytes, mask, signal), (code) => [
            { gate: 'inspection', source: 'the comparison with the original', code },
          ]),
      orMissing(this.roots.compare(context, bytes, dossier, signal), (code) => [
        { gate: 'inspection', source: 'the comparison with the upload', code },
      ]),
      this.moderators.judge(context.tenant, { kind: 'prompt', text: wordsOf(dossier) }),
      this.moderators.judge(context.tenant, { kind: 'picture', bytes }),
    ]);
    const { verdicts } = moderation;
    const screening = seen === null || verdicts.length === 0 ? seen : { ...seen, moderators: verdicts };
    const sinceRoot = root && since(root, screening?.faces ?? []);
    return { screening, change, sinceRoot, prompt, moderation, missing };
  }

  private async settle(
    write: WriteContext,
    dossier: ItemDossier,
    { result, screening, findings, verdicts, facts }: Inspected,
  ): Promise<void> {
    const { item } = dossier;
    await this.assets.keepFromErasure(write, result.id);
    if (screening) await this.screenings.record(write, result.id, screening);
    await this.editing.recordVerdicts(write, item.id, verdicts);
    const outcome = strictest(verdicts.map((verdict) => verdict.outcome));
    const inspected = await this.editing.move(write, item.id, 'inspected', { expectedFrom: item, facts: { ...facts, outcome } });
    assert(inspected.ok, 'an item that is locked and rendered can be inspected');
    const options = { expectedFrom: inspected.value, facts: { outcome } };
    if (outcome === 'pass') {
      const released = await this.assets.release(write, result.id, {
        turn: item.turn,
        item: item.id,
        decisions: [],
        facts: { bundle: dossier.policy.ref.hash },
      });
      assert(released.ok, 'the result of an item that was just rendered is not blocked');
      await this.editing.move(write, item.id, 'released', options);
    } else if (outcome === 'hold') {
      assert(result.sha256, 'a result that was just rendered has its digest');
      await this.reviews.open(
        write,
        taskOf(dossier, verdicts, {
          version: result.id,
          contentDigest: result.sha256,
          depicted: findings.faces,
          classes: classesIn(findings.facts),
        }),
      );
      await this.editing.move(write, item.id, 'held', options);
    } else {
      await this.bank.join(write, result, 'refused');
      await this.editing.move(write, item.id, 'refused', options);
    }
  }
}

function unseen(code: string): readonly MissingFact[] {
  return [
    { gate: 'consent', source: 'the face engine', code },
    { gate: 'moderation', source: 'the picture engine', code },
  ];
}

/** What the provider rated the result as that it made; nothing where it rated nothing. */
function providersOwn(made: Attempt | null): readonly EngineVerdict[] {
  const verdict = made && providerVerdict({ provider: made.provider, model: made.requestedModel }, made.ending?.safety ?? []);
  return verdict ? [verdict] : [];
}

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : 'UNEXPECTED');
