import { AssetService } from '@imprimatur/domain/assets';
import { EditingService, type TurnItem } from '@imprimatur/domain/editing';
import {
  type Attempt,
  AttemptService,
  CAPACITY,
  type EditOutcome,
  type EditRequest,
  endingOf,
  type Operation,
  parseConversation,
  PROVIDERS,
  type Provider,
  type Providers,
  VendorTermsService,
} from '@imprimatur/domain/providers';
import { assert, type Context, Fault, type ItemId, type Json, type Verdict } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { DossierReader, type ItemDossier } from './item.dossier.js';
import { maskOf } from './item.mask.js';
import { providersLeft } from './provider.choice.js';
import type { ItemStep } from './turn.step.js';

const TIMEOUT_MS = 300_000;
const ATTEMPTS_MAX = 3;

/**
 * screened > rendering > rendered, refused, clarifying or failed. Order of durable writes: (1) `attempt.began` with the move to rendering, (2)
 * the provider works, outside any transaction, (3) result, version, `attempt.ended` and the move in one transaction. A worker that dies in
 * between leaves an attempt without an end; the next one closes it as a timeout before it tries again.
 */
@Injectable()
export class RenderingStep implements ItemStep {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly dossiers: DossierReader,
    private readonly editing: EditingService,
    private readonly assets: AssetService,
    private readonly attempts: AttemptService,
    private readonly register: VendorTermsService,
    @Inject(PROVIDERS) private readonly providers: Providers,
  ) {}

  async take(context: Context, id: ItemId, signal: AbortSignal): Promise<void> {
    const { dossier, operations } = await this.unitOfWork.read(context, async (read) => {
      const found = await this.dossiers.read(read, id);
      const contents = await this.editing.contents(read, found.turn.id);
      return { dossier: found, operations: (contents?.items.get(id)?.operations ?? []) as readonly unknown[] as readonly Operation[] };
    });
    assert(dossier.item.provider !== null, 'a screened item has a provider');
    const provider = this.providers.choose([dossier.item.provider]);
    const request: EditRequest = {
      prompt: parseConversation(dossier.words, { hasMask: dossier.mask !== null }).prompt,
      operations,
      picture: dossier.baseBytes,
      mask: maskOf(dossier),
      model: null,
      timeoutMs: TIMEOUT_MS,
      signal,
    };
    const attempt = await this.begin(context, dossier, provider, request);
    if (!attempt) return;
    const outcome = await provider.edit(request);
    signal.throwIfAborted(); // a worker that lost its job leaves the attempt to the one that has it
    await this.unitOfWork.write(context, (write) => this.end(write, dossier, attempt, outcome));
  }

  /** Null: the item was moved on by somebody else, or has ended. */
  private async begin(context: Context, dossier: ItemDossier, provider: Provider, request: EditRequest): Promise<Attempt | null> {
    return this.unitOfWork.write(context, async (write) => {
      const item = await this.editing.lockItem(write, dossier.item.id);
      if (!item.ok || !['screened', 'rendering'].includes(item.value.state)) return null;
      const base = await this.assets.holdVersion(write, item.value.baseVersion);
      const orphans = await this.attempts.closeOrphans(write, item.value.id);
      if (orphans.length > 0 && Math.max(...orphans.map(({ number }) => number)) >= ATTEMPTS_MAX) {
        return this.fail(write, item.value, { code: 'RENDERING_KEEPS_DYING', retryable: true });
      }
      if (!base.ok || base.value.blockedAt !== null) {
        // whatever brought the item here: a picture that nobody has the right to any more leaves for no provider
        return this.fail(write, item.value, { code: 'VERSION_BLOCKED', retryable: false });
      }
      const { standing, terms } = await this.register.standing(write, provider.name, request.model);
      if (standing === 'missing') {
        // they ended since the gates answered; asked for again, the gates will say so
        return this.fail(write, item.value, { code: 'VENDOR_TERMS_MISSING', retryable: true });
      }
      const attempt = await this.attempts.begin(write, {
        item: item.value.id,
        turn: item.value.turn,
        asset: item.value.asset,
        provider: provider.name,
        requestedModel: request.model ?? provider.defaultModel,
        terms: terms?.id ?? null,
        requestSha256: provider.requestSha256(request),
      });
      const moved = await this.editing.move(write, item.value.id, 'rendering', {
        expectedFrom: item.value,
        facts: { attempt: attempt.number, provider: provider.name },
      });
      assert(moved.ok, 'an item that is locked can begin to render');
      return attempt;
    });
  }

  /** Nothing was begun. */
  private async fail(write: WriteContext, item: TurnItem, failure: { readonly code: string; readonly retryable: boolean }): Promise<null> {
    await this.editing.move(write, item.id, 'failed', { expectedFrom: item, failure });
    return null;
  }

  private async end(write: WriteContext, dossier: ItemDossier, attempt: Attempt, outcome: EditOutcome): Promise<void> {
    const locked = await this.editing.lockItem(write, dossier.item.id);
    await this.attempts.end(write, attempt.id, endingOf(outcome));
    // cancelled meanwhile: the attempt is on record, its picture is not kept
    if (!locked.ok || locked.value.state !== 'rendering') return;
    const item = locked.value;
    const from = { expectedFrom: item, facts: { attempt: attempt.number, finish: outcome.finish.code } };
    switch (outcome.outcome) {
      case 'edited':
        return this.keep(write, dossier, item, outcome);
      case 'refused':
        return void (await this.editing.move(write, item.id, 'refused', { ...from, verdict: refusedBy(outcome) }));
      case 'needs-clarification':
        return void (await this.editing.move(write, item.id, 'clarifying', { ...from, question: outcome.question.text }));
      case 'failed':
        if (hasAnother(dossier, attempt, outcome)) return void (await this.editing.move(write, item.id, 'submitted', from));
        return void (await this.editing.move(write, item.id, 'failed', {
          ...from,
          failure: { code: outcome.finish.code, retryable: outcome.retryable },
        }));
    }
  }

  private async keep(
    write: WriteContext,
    dossier: ItemDossier,
    item: TurnItem,
    outcome: EditOutcome & { outcome: 'edited' },
  ): Promise<void> {
    const image = outcome.images.at(-1);
    assert(image, 'an edit has an image');
    const blob = await this.assets.storeBlob(write, image.bytes, { format: image.format, subjects: [], madeFrom: dossier.base.blob });
    const operations = outcome.actions.map(({ action, digitalSourceType, kind, softwareAgent, operation }): Json => ({
      action,
      digitalSourceType,
      kind,
      agent: { ...softwareAgent },
      operation,
    }));
    const version = await this.assets.addVersion(write, {
      asset: item.asset,
      parent: dossier.base.id,
      blob: blob.id,
      width: image.width,
      height: image.height,
      format: image.format,
      origin: 'turn',
      item: item.id,
      operations,
    });
    if (!version.ok) throw new Fault({ room: 'gates', code: version.refusal.code, message: version.refusal.message });
    await this.editing.move(write, item.id, 'rendered', {
      expectedFrom: item,
      result: version.value.id,
      facts: { version: version.value.number, finish: outcome.finish.code },
    });
  }
}

/** Whether want of room at one vendor's sends the turn to the next provider that it names. */
function hasAnother({ turn, attempts }: ItemDossier, { provider }: Attempt, { finish }: EditOutcome): boolean {
  return finish.code === CAPACITY && providersLeft(turn.providers, attempts).some((name) => name !== provider);
}

function refusedBy({ finish, provider, ...outcome }: EditOutcome & { outcome: 'refused' }): Verdict {
  const instead = outcome.instead.length > 0 ? `Ask for one of: ${outcome.instead.join('; ')}.` : 'Ask for something else.';
  return {
    gate: 'provider',
    outcome: 'refuse',
    findings: [
      {
        rule: `provider.${finish.code.toLowerCase()}`,
        outcome: 'refuse',
        reason: finish.message ?? 'The provider refused.',
        citation: `Rules of the provider ${provider.name}`,
        remedy: instead,
        met: [finish.code],
      },
    ],
    evidence: { provider: provider.name, model: provider.modelVersion },
  };
}
