import { type Amendment, AmendmentService, type ConsentRecord, covers } from '@imprimatur/domain/consent';
import { type Export, ExportService } from '@imprimatur/domain/exports';
import { NoticeService } from '@imprimatur/domain/notices';
import { type ConsentId, type ExportId, ok, refuse, type Result } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { addresseesOf } from './consent.addressees.js';
import { CONSENT_EXPIRY_JOB } from './consent.flow.js';
import type { ConsentFlowRefusal } from './consent.flow.refusals.js';
import { ConsentReach } from './consent.reach.js';
import { ConsentWarnings } from './consent.warnings.js';
import { PictureUses } from './picture.uses.js';
import { type Held, Takedown, type TakedownReport } from './takedown.js';

const NARROWED = 'CONSENT_NARROWED';

/** What an amendment changed beside the record. A type, as JSON is kept of it. */
export type AmendmentReport = Pick<TakedownReport, 'exportsFlagged' | 'exportsStopped'>;

/**
 * Gives a consent other terms. What the new terms do not cover any more cannot be exported from then on, since the export gate asks the newest
 * version; files that are out already are flagged, and their owners told. Nothing is blocked: it was made while it was allowed.
 */
@Injectable()
export class AmendmentFlow {
  constructor(
    private readonly amendments: AmendmentService,
    private readonly reach: ConsentReach,
    private readonly takedown: Takedown,
    private readonly uses: PictureUses,
    private readonly exports: ExportService,
    private readonly notices: NoticeService,
    private readonly warnings: ConsentWarnings,
    private readonly jobs: Jobs,
  ) {}

  /** Locks as a withdrawal does: everything is held before the first entry of the ledger. */
  async amend(write: WriteContext, id: ConsentId, amendment: Amendment): Promise<Result<AmendmentReport, ConsentFlowRefusal>> {
    const held = await this.amendments.hold(write, id);
    if (!held.ok) return held;
    const refused = this.amendments.refusal(held.value, amendment);
    if (refused) return refuse(refused);
    const { record, bindings } = held.value;
    // what another record covers is left out, as when one is withdrawn
    const holding = await this.takedown.hold(write, await this.reach.of(write, record, bindings));
    const amended = await this.amendments.amend(write, held.value, amendment);
    await this.schedule(write, record, amended);
    const lost = await this.uncovered(write, holding, record, amended);
    const { ended, ...report } = await this.exports.endForRights(write, lost, 'flagged', NARROWED);
    if (ended.length > 0) await this.tell(write, amended, ended);
    return ok(report);
  }

  private async schedule(write: WriteContext, was: ConsentRecord, { id, ...amended }: ConsentRecord): Promise<void> {
    const { validUntil } = amended;
    if (validUntil === null || validUntil.getTime() === was.validUntil?.getTime()) return;
    await this.jobs.enqueue(write, { kind: CONSENT_EXPIRY_JOB, key: id, payload: { consent: id }, runAt: validUntil });
    await this.warnings.schedule(write, { id, ...amended });
  }

  /** Exports whose use the old terms covered and the new ones do not. */
  private async uncovered(
    write: WriteContext,
    { versions, exportIds }: Held,
    was: ConsentRecord,
    is: ConsentRecord,
  ): Promise<readonly ExportId[]> {
    const held = new Set<string>(exportIds);
    const exports = (
      await this.exports.ofVersions(
        write,
        versions.map(({ id }) => id),
      )
    ).filter(({ id }) => held.has(id));
    const uses = await this.uses.of(
      write,
      exports.map(({ version }) => version),
      versions,
    );
    return exports
      .filter(({ version }) => {
        const use = uses.get(version);
        return use !== undefined && covers(was.scope, use).length === 0 && covers(is.scope, use).length > 0;
      })
      .map(({ id }) => id);
  }

  private async tell(write: WriteContext, { id, version, validUntil }: ConsentRecord, ended: readonly Export[]): Promise<void> {
    const cause = { kind: 'consent-narrowed', about: id, version, daysLeft: null, until: validUntil } as const;
    await this.notices.tell(write, cause, addresseesOf(ended, [], write.context.actor.subject));
  }
}
