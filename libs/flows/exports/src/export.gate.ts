import { restrictionsOf } from '@imprimatur/domain/assets';
import { countUncovered } from '@imprimatur/domain/consent';
import { PictureBank } from '@imprimatur/domain/moderation';
import { missingOf, type VisibleLabel } from '@imprimatur/formats/policy';
import { systemClock } from '@imprimatur/kernel';
import { PolicyService } from '@imprimatur/domain/policies';
import { usesOf } from '@imprimatur/flows/gates';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ExportDossier } from './export.dossier.js';

/** The last gate: asked again at the door, because consent, policy and rights may have changed since the release. */
@Injectable()
export class ExportGate {
  constructor(
    private readonly policies: PolicyService,
    private readonly bank: PictureBank,
  ) {}

  /** Null: it may leave. Otherwise the rule that keeps it, as the failure's code. */
  async refusal(read: ReadContext, dossier: ExportDossier, carried: { readonly label: VisibleLabel | null }): Promise<string | null> {
    const { session, faces } = dossier;
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
        sourceRestricted: restrictionsOf(dossier.asset.rights, session, systemClock.now()),
        knownAs: [...new Set(known.map(({ knownAs }) => knownAs))],
        licensedFor: usesOf(dossier.licence),
        approved: dossier.approvals.length > 0,
        labelsMissing: missingOf(dossier.demands, carried),
      },
    });
    if (decision.outcome === 'pass') return null;
    // a hold at the door is a no as well: there is no queue between release and export
    return decision.findings[0]?.rule ?? 'system.policy_error';
  }
}
