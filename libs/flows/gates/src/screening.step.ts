import { hash } from 'node:crypto';
import { AssetService } from '@imprimatur/domain/assets';
import { EditingService, type TurnItem } from '@imprimatur/domain/editing';
import { Moderators, PictureEngine } from '@imprimatur/domain/moderation';
import { PROVIDERS, type Providers } from '@imprimatur/domain/providers';
import { ReviewService } from '@imprimatur/domain/review';
import { type Context, Fault, type ItemId, type Json } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { FactFinder, type Findings, type JudgedPicture, type Moderated, type SeenPicture, wordsOf } from './facts.js';
import { DossierReader, type ItemDossier } from './item.dossier.js';
import { type Judgement, judgeBefore } from './judgement.js';
import { providersLeft } from './provider.choice.js';
import type { MissingFact } from './gate.types.js';
import { classesIn, taskOf } from './review.task.js';
import { RootReader, sinceRoot, type SinceRoot, UNCHANGED } from './since.root.js';
import { TrialObserver } from './trial.observer.js';
import { type ItemStep, notYet } from './turn.step.js';

/** submitted > screened, held-before, refused or clarifying: the gates before rendering. */
@Injectable()
export class ScreeningStep implements ItemStep {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly dossiers: DossierReader,
    private readonly facts: FactFinder,
    private readonly editing: EditingService,
    private readonly reviews: ReviewService,
    private readonly assets: AssetService,
    private readonly moderators: Moderators,
    private readonly observer: TrialObserver,
    private readonly engine: PictureEngine,
    private readonly roots: RootReader,
    @Inject(PROVIDERS) private readonly providers: Providers,
  ) {}

  async take(context: Context, id: ItemId, signal: AbortSignal): Promise<void> {
    const dossier = await this.unitOfWork.read(context, (read) => this.dossiers.read(read, id));
    const [base, ...ancestors] = seenPictures(dossier);
    const provider = this.providers.choose(providersLeft(dossier.turn.providers, dossier.attempts));
    const [moderated, { judged, missing }] = await Promise.all([
      this.moderated(context, dossier, base),
      this.lookedAt(context, dossier, base, signal),
    ]);
    const findings = await this.unitOfWork.read(context, (read) =>
      this.facts.find(read, dossier, judged, ancestors, { provider: provider.name, attempt: null }, moderated),
    );
    const complete = { ...findings, missing: [...findings.missing, ...missing] };
    const judgement = judgeBefore({ ...dossier, provider: provider.name }, complete);
    const isMoved = await this.unitOfWork.write(context, async (write) => {
      const item = await this.editing.lockItem(write, id);
      if (!item.ok || item.value.state !== 'submitted') return false;
      await this.move(write, dossier, findings, judgement, item.value, provider.name);
      return true;
    });
    if (isMoved) await this.observer.observe(context, { ...dossier, about: id, ...judgement });
  }

  /** Outside any transaction: it may take as long as the moderators may. What they said when the picture came is not asked again. */
  private async moderated({ tenant }: Context, dossier: ItemDossier, base: SeenPicture): Promise<Moderated> {
    const [prompt, picture] = await Promise.all([
      this.moderators.judge(tenant, { kind: 'prompt', text: wordsOf(dossier) }),
      this.moderators.judge(tenant, { kind: 'picture', bytes: dossier.baseBytes }, base.screening?.moderators),
    ]);
    return { prompt, picture };
  }

  /** What is not kept of the base: its words, where it was screened before they were read, and what became of it since its upload. */
  private async lookedAt(
    context: Context,
    { baseBytes, baseText, lineage, screenings }: ItemDossier,
    base: SeenPicture,
    signal: AbortSignal,
  ): Promise<{ readonly judged: JudgedPicture; readonly missing: readonly MissingFact[] }> {
    const missing: MissingFact[] = [];
    const orMissing = async <Seen>(looking: Promise<Seen>, fact: Omit<MissingFact, 'code'>): Promise<Seen | null> =>
      looking.catch((error: unknown) => {
        missing.push({ ...fact, code: error instanceof Fault ? error.code : 'UNEXPECTED' });
        return null;
      });
    const faces = base.screening?.faces ?? [];
    const since = async (): Promise<SinceRoot> =>
      lineage.length === 1 ? UNCHANGED : sinceRoot(await this.roots.compare(context, baseBytes, { lineage, screenings }, signal), faces);
    const read = async (): Promise<readonly string[]> => baseText ?? (await this.engine.readText(baseBytes)).words;
    const [words, fromRoot] = await Promise.all([
      // a screening that failed says so itself
      base.screening === null ? null : orMissing(read(), { gate: 'moderation', source: 'the text engine' }),
      orMissing(since(), { gate: 'moderation', source: 'the comparison with the upload' }),
    ]);
    return { judged: { ...base, words, sinceRoot: fromRoot }, missing };
  }

  private async move(
    write: WriteContext,
    dossier: ItemDossier,
    findings: Findings,
    { verdicts, outcome, next, declined, question }: Judgement,
    item: TurnItem,
    provider: string,
  ): Promise<void> {
    await this.editing.recordVerdicts(write, item.id, verdicts);
    const facts = { outcome, gates: verdicts.map(({ gate, outcome: answer }) => `${gate}=${answer}`), bundle: dossier.policy.ref.hash };
    const operations = findings.intent.operations as unknown as readonly Json[];
    const options = { expectedFrom: item, facts, operations };
    if (next === 'held-before') {
      await this.editing.move(write, item.id, next, { ...options, provider });
      await this.assets.keepFromErasure(write, item.baseVersion);
      const seen = hash('sha256', Buffer.concat([Buffer.from(item.id), dossier.base.sha256 ?? Buffer.alloc(0)]), 'buffer');
      await this.reviews.open(
        write,
        taskOf(dossier, verdicts, {
          version: null,
          contentDigest: seen,
          depicted: findings.faces,
          classes: classesIn(findings.facts),
        }),
      );
    } else if (next === 'refused') {
      await this.editing.move(write, item.id, next, declined === null ? options : { ...options, verdict: declined });
    } else if (question !== null) {
      await this.editing.move(write, item.id, 'clarifying', { ...options, question });
    } else {
      await this.editing.move(write, item.id, 'screened', { ...options, provider });
    }
  }
}

/** The base first, then what it was made from. Throws Later while the base's screening is under way. */
function seenPictures(dossier: ItemDossier): readonly [SeenPicture, ...SeenPicture[]] {
  const [base, ...ancestors] = dossier.lineage.map((version): SeenPicture => {
    const screening = dossier.screenings.get(version.id);
    if (version.id === dossier.base.id && (!screening || screening.state === 'pending')) throw notYet();
    return { version: version.id, item: version.item, sha256: version.sha256 ?? new Uint8Array(32), screening: screening?.result ?? null };
  });
  if (!base) throw notYet();
  return [base, ...ancestors];
}
