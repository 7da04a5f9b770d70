import { AssetFamilies } from '@imprimatur/domain/assets';
import { type ConsentReceipt, ConsentService, type HeldReceipt, stateAt } from '@imprimatur/domain/consent';
import { type Export, ExportService, type ExportStanding } from '@imprimatur/domain/exports';
import { SubjectService } from '@imprimatur/domain/identity';
import { LedgerReader } from '@imprimatur/domain/ledger';
import type { Receipt } from '@imprimatur/formats/ledger';
import { assert, type Context, type JsonObject, type Result, systemClock, systemContext } from '@imprimatur/kernel';
import { type ReadContext, UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ConsentFlowRefusal } from './consent.flow.refusals.js';
import { ConsentReach } from './consent.reach.js';
import { PictureUses } from './picture.uses.js';
import type { TakedownReport } from './takedown.js';
import { WithdrawalFlow } from './withdrawal.flow.js';

/** Uses that one answer tells; it says when there are more. */
const USES_TOLD_MAX = 200;

/** What the person was given, as it can be handed on. */
export interface GivenReceipt {
  /** Null: the person was erased. */
  readonly document: JsonObject | null;
  /** Proves offline that the tenant's log holds this very document; null: erased, or no signed checkpoint covers it yet, which takes a moment. */
  readonly proof: Receipt | null;
}

/** A finished picture that shows the person and left the house; nothing of who else is in it, who made it, or how it was asked for. */
export interface ReceiptUse {
  readonly export: Export['id'];
  readonly at: Date;
  readonly useCase: string;
  readonly channel: string;
  readonly territory: string;
  readonly standing: ExportStanding;
  readonly standingSince: Date | null;
}

export interface ReceiptStanding extends GivenReceipt {
  readonly consent: { readonly state: ReturnType<typeof stateAt>; readonly validFrom: Date; readonly validUntil: Date | null };
  /** Newest first, the first 200. */
  readonly uses: readonly ReceiptUse[];
  readonly hasMoreUses: boolean;
}

/** What whoever holds a receipt can see and do, without an account. The capability was checked: `HeldReceipt` comes from that. */
@Injectable()
export class ReceiptFlow {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly consents: ConsentService,
    private readonly reach: ConsentReach,
    private readonly families: AssetFamilies,
    private readonly pictureUses: PictureUses,
    private readonly exports: ExportService,
    private readonly subjects: SubjectService,
    private readonly ledger: LedgerReader,
    private readonly withdrawals: WithdrawalFlow,
  ) {}

  /** For whoever holds it, or may issue it: the caller asked. */
  async given(read: ReadContext, { entry }: ConsentReceipt): Promise<GivenReceipt> {
    const part = await this.ledger.openPart(read, entry, 'receipt');
    if (!part) return { document: null, proof: null };
    const document = JSON.parse(new TextDecoder().decode(part.bytes)) as JsonObject;
    return { document, proof: await this.ledger.receipt(read, entry, ['receipt']) };
  }

  async show(held: HeldReceipt, requestId: string): Promise<ReceiptStanding> {
    // the person may see it, and has no role that could be asked
    return this.unitOfWork.read(systemContext(held.tenant, requestId), async (read) => {
      const found = await this.consents.find(read, held.consent);
      assert(found.ok, 'the consent of a receipt exists');
      const { validFrom, validUntil } = found.value;
      const uses = await this.uses(read, held);
      return {
        ...(await this.given(read, held)),
        consent: { state: stateAt(found.value, systemClock.now()), validFrom, validUntil },
        uses: uses.slice(0, USES_TOLD_MAX),
        hasMoreUses: uses.length > USES_TOLD_MAX,
      };
    });
  }

  /** By the person, under the pseudonym that the ledger has. Again: zeros. */
  async withdraw(held: HeldReceipt, reason: string, requestId: string): Promise<Result<TakedownReport, ConsentFlowRefusal>> {
    const context = await this.unitOfWork.read(systemContext(held.tenant, requestId), (read) => this.personOf(read, held, requestId));
    return this.unitOfWork.write(context, (write) => this.withdrawals.withdraw(write, held.consent, reason));
  }

  private async personOf(read: ReadContext, { tenant, subject }: HeldReceipt, requestId: string): Promise<Context> {
    const found = await this.subjects.find(read, subject);
    assert(found.ok, 'the person of a receipt exists');
    return { tenant, actor: { kind: 'person', subject, ref: found.value.ref, roles: [] }, requestId };
  }

  private async uses(read: ReadContext, { consent }: HeldReceipt): Promise<readonly ReceiptUse[]> {
    const roots = await this.reach.every(read, await this.consents.bindings(read, consent));
    const versions = await this.families.of(read, roots);
    const done = (
      await this.exports.ofVersions(
        read,
        versions.map(({ id }) => id),
      )
    ).filter(({ state }) => state === 'done');
    const sessions = await this.pictureUses.sessionsOf(read, versions);
    return done
      .flatMap(({ id, version, createdAt, standing, standingSince }) => {
        const session = sessions.get(version);
        if (!session) return [];
        const { useCase, channel, territory } = session;
        return [{ export: id, at: createdAt, useCase, channel, territory, standing, standingSince }];
      })
      .sort((one, other) => other.at.getTime() - one.at.getTime());
  }
}
