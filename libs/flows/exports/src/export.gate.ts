import { countUncovered } from '@imprimatur/domain/consent';
import { type Export, type ExportFailure, ExportService } from '@imprimatur/domain/exports';
import { PictureBank } from '@imprimatur/domain/moderation';
import { PolicyService } from '@imprimatur/domain/policies';
import { usesOf } from '@imprimatur/flows/gates';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ExportDossier } from './export.dossier.js';

const DAY_MS = 86_400_000;

/** The last gate: asked again at the door, because consent, policy and rights may have changed since the release. */
@Injectable()
export class ExportGate {
  constructor(
    private readonly policies: PolicyService,
    private readonly exports: ExportService,
    private readonly bank: PictureBank,
  ) {}

  /** Null: it may leave. Otherwise the rule that keeps it, as the failure's code, with what it says. */
  async refusal(read: ReadContext, exported: Export, dossier: ExportDossier): Promise<ExportFailure | null> {
    const { session, faces } = dossier;
    const { oldestOfLastDay, ...pace } = await this.exports.pace(read, exported);
    const known = await this.bank.meetings(read, { asset: dossier.asset.id, ...dossier.identity });
    const decision = await this.policies.decide(read, {
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
        knownAs: [...new Set(known.map(({ knownAs }) => knownAs))],
        licensedFor: usesOf(dossier.licence),
        approved: dossier.approvals.length > 0,
        ...pace,
      },
    });
    if (decision.outcome === 'pass') return null;
    // a hold at the door is a no as well: there is no queue between release and export
    const [finding] = decision.findings;
    if (!finding) return { code: 'system.policy_error' };
    const { rule, reason, remedy } = finding;
    // too much in a day is less again when the oldest of it is a day old
    const retryAt = decision.outcome === 'throttle' && oldestOfLastDay ? new Date(oldestOfLastDay.getTime() + DAY_MS) : null;
    return { code: rule, kept: { reason, remedy }, retryAt };
  }
}
