import { countUncovered } from '@imprimatur/domain/consent';
import { PictureBank } from '@imprimatur/domain/moderation';
import type { Decision, PolicyQuestion } from '@imprimatur/formats/policy';
import { usesOf } from '@imprimatur/flows/gates';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ExportDossier } from './export.dossier.js';

/** The last gate: asked again at the door, because consent, policy and rights may have changed since the release. */
@Injectable()
export class ExportGate {
  constructor(private readonly bank: PictureBank) {}

  async ask(read: ReadContext, dossier: ExportDossier): Promise<{ readonly asked: PolicyQuestion; readonly decision: Decision }> {
    const { session, faces } = dossier;
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
        knownAs: [...new Set(known.map(({ knownAs }) => knownAs))],
        licensedFor: usesOf(dossier.licence),
        approved: dossier.approvals.length > 0,
      },
    };
    return { asked, decision: dossier.policy.decide(asked) };
  }
}

/** Null: it may leave. Otherwise the rule that keeps it, as the failure's code. A hold at the door is a no as well: no queue waits between release and export. */
export function keptBy({ outcome, findings }: Decision): string | null {
  return outcome === 'pass' ? null : (findings[0]?.rule ?? 'system.policy_error');
}
