import { AssetFamilies } from '@imprimatur/domain/assets';
import { type ConsentRecord, ConsentService, type HeldConsent, stateAt } from '@imprimatur/domain/consent';
import { type Export, ExportService } from '@imprimatur/domain/exports';
import { NoticeService } from '@imprimatur/domain/notices';
import { type ConsentId, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs, Later } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { addresseesOf } from './consent.addressees.js';
import { ConsentReach } from './consent.reach.js';
import { dueStep, WARNING_DAYS, warningAt } from './consent.warning.rules.js';

/** The kind of job that warns of a consent's end; payload: `consent`, `version`, `days`. */
export const CONSENT_WARNING_JOB = 'consent-warning';

/** One warning, as it was scheduled. */
export interface ScheduledWarning {
  readonly consent: ConsentId;
  /** Of the consent when it was scheduled: another by now, and there is nothing to warn of. */
  readonly version: number;
  readonly days: number;
}

/** Tells people in time that a consent is about to end: those who can have it renewed, and those whose exports rest on it. */
@Injectable()
export class ConsentWarnings {
  constructor(
    private readonly consents: ConsentService,
    private readonly reach: ConsentReach,
    private readonly families: AssetFamilies,
    private readonly exports: ExportService,
    private readonly notices: NoticeService,
    private readonly jobs: Jobs,
  ) {}

  /** Those whose time has not passed yet; none for a consent without an end. */
  async schedule(write: WriteContext, { id: consent, version, validUntil }: ConsentRecord): Promise<void> {
    if (validUntil === null) return;
    const now = systemClock.now();
    for (const days of WARNING_DAYS) {
      const runAt = warningAt(validUntil, days);
      if (runAt > now)
        await this.jobs.enqueue(write, {
          kind: CONSENT_WARNING_JOB,
          key: `${consent}/${days}`,
          payload: { consent, version, days },
          runAt,
        });
    }
  }

  /**
   * For whoever is the system. Says nothing of a consent that has ended or changed since, and nothing where a later warning is due too, as after
   * a worker was away: that one tells. Throws Later before its time.
   */
  async warn(write: WriteContext, { consent: id, version, days }: ScheduledWarning): Promise<void> {
    // a withdrawal that is under way ends first, and is seen
    const held = await this.consents.holdForChange(write, id);
    if (!held) return;
    const now = systemClock.now();
    const { record } = held;
    if (record.version !== version || record.validUntil === null || stateAt(record, now) !== 'given') return;
    // the queue goes by the clock of the database, which may be ahead
    const early = warningAt(record.validUntil, days).getTime() - now.getTime();
    if (early > 0) throw new Later(early);
    if (dueStep(record.validUntil, now) !== days) return;
    const exports = await this.finished(write, held);
    const told = await this.notices.tell(
      write,
      { kind: 'consent-expiring', about: id, version, daysLeft: days, until: record.validUntil },
      addresseesOf(exports, [record.registeredBy]),
    );
    if (told > 0) await this.consents.recordWarned(write, held, { days, told });
  }

  private async finished(read: ReadContext, { record, bindings }: HeldConsent): Promise<readonly Export[]> {
    const versions = await this.families.of(read, await this.reach.of(read, record, bindings));
    const exports = await this.exports.ofVersions(
      read,
      versions.map(({ id }) => id),
    );
    return exports.filter(({ state, standing }) => state === 'done' && standing === 'valid');
  }
}
