import { countUncovered } from '@imprimatur/domain/consent';
import { PictureBank } from '@imprimatur/domain/moderation';
import { PolicyService } from '@imprimatur/domain/policies';
import { OriginReader, type SinceRoot, usesOf } from '@imprimatur/flows/gates';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ExportDossier } from './export.dossier.js';

/** The last gate: asked again at the door, because consent, policy and rights may have changed since the release. */
@Injectable()
export class ExportGate {
  constructor(
    private readonly policies: PolicyService,
    private readonly bank: PictureBank,
    private readonly origins: OriginReader,
  ) {}

  /** Null: it may leave. Otherwise the rule that keeps it, as the failure's code. */
  async refusal(read: ReadContext, dossier: ExportDossier, sinceRoot: SinceRoot): Promise<string | null> {
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
        originMismatch: await this.origins.mismatch(read, dossier.asset),
        knownAs: [...new Set(known.map(({ knownAs }) => knownAs))],
        licensedFor: usesOf(dossier.licence),
        ...sinceRoot.facts,
        approved: dossier.approvals.length > 0,
      },
    });
    if (decision.outcome === 'pass') return null;
    // a hold at the door is a no as well: there is no queue between release and export
    return decision.findings[0]?.rule ?? 'system.policy_error';
  }
}
