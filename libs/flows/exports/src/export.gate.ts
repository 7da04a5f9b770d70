import { restrictionsOf } from '@imprimatur/domain/assets';
import { countUncovered } from '@imprimatur/domain/consent';
import { type Export, type ExportFailure, ExportService } from '@imprimatur/domain/exports';
import { PictureBank } from '@imprimatur/domain/moderation';
import { type Decision, missingOf, type PolicyQuestion, type VisibleLabel } from '@imprimatur/formats/policy';
import { systemClock } from '@imprimatur/kernel';
import { conditionFailure, OriginReader, type SinceRoot, unmetCondition, usesOf } from '@imprimatur/flows/gates';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ExportDossier } from './export.dossier.js';

const DAY_MS = 86_400_000;

/** What is known of the file that would leave: what it will visibly carry, and what became of the upload. */
export interface ExportCarries {
  readonly label: VisibleLabel | null;
  readonly sinceRoot: SinceRoot;
}

export interface ExportAnswer {
  readonly asked: PolicyQuestion;
  readonly decision: Decision;
  /** When the oldest export of the last 24 hours by the same person was asked for; null: there is none. */
  readonly oldestOfLastDay: Date | null;
}

/** The last gate: asked again at the door, because consent, policy and rights may have changed since the release. */
@Injectable()
export class ExportGate {
  constructor(
    private readonly exports: ExportService,
    private readonly bank: PictureBank,
    private readonly origins: OriginReader,
  ) {}

  async ask(read: ReadContext, exported: Export, dossier: ExportDossier, { label, sinceRoot }: ExportCarries): Promise<ExportAnswer> {
    const { session, faces } = dossier;
    const { oldestOfLastDay, ...pace } = await this.exports.pace(read, exported);
    const known = await this.bank.meetings(read, { asset: dossier.asset.id, ...dossier.identity });
    const asked: PolicyQuestion = {
      question: 'Export',
      roles: dossier.roles,
      facts: {
        useCase: session.useCase,
        channel: session.channel,
        territory: session.territory,
        faces: faces.length,
        facesWithoutConsent: countUncovered(faces),
        consentScopeMissing: [...new Set(faces.flatMap(({ missing }) => missing))],
        sourceRights: dossier.sourceRights,
        sourceRestricted: restrictionsOf(dossier.asset.rights, session, systemClock.now()),
        originMismatch: await this.origins.mismatch(read, dossier.asset),
        knownAs: [...new Set(known.map(({ knownAs }) => knownAs))],
        licensedFor: usesOf(dossier.licence),
        ...sinceRoot.facts,
        approved: dossier.approvals.length > 0,
        ...pace,
        labelsMissing: missingOf(dossier.demands, { label }),
      },
    };
    return { asked, decision: dossier.policy.decide(asked), oldestOfLastDay };
  }
}

/** Null: it may leave. Otherwise the rule that keeps it, as the failure's code, with what it says. A hold at the door is a no as well: no queue waits here. */
export function keptBy({ decision: { outcome, findings }, oldestOfLastDay }: ExportAnswer): ExportFailure | null {
  if (outcome === 'pass') return null;
  const [finding] = findings;
  if (!finding) return { code: 'system.policy_error' };
  const { rule, reason, remedy } = finding;
  // too much in a day is less again when the oldest of it is a day old
  const retryAt = outcome === 'throttle' && oldestOfLastDay ? new Date(oldestOfLastDay.getTime() + DAY_MS) : null;
  return { code: rule, kept: { reason, remedy }, retryAt };
}

/** The first condition of an approval that the export does not meet, as a failure; null: it meets them all. */
export function unmetBy({ conditions, session, declares }: ExportDossier): ExportFailure | null {
  const unmet = unmetCondition(conditions, { channel: session.channel, declares });
  return unmet && { code: conditionFailure(unmet) };
}
