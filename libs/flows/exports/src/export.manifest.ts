import { randomBytes } from 'node:crypto';
import type { Export } from '@imprimatur/domain/exports';
import { hmacSha256 } from '@imprimatur/domain/ledger';
import type { Receipt } from '@imprimatur/formats/ledger';
import {
  ACTION_NAMES,
  type ActionName,
  type ExportManifestInput,
  type ManifestAction,
  reviewerPseudonym,
} from '@imprimatur/formats/manifest';
import { timestamp } from '@imprimatur/kernel';
import type { Contribution, ExportDossier } from './export.dossier.js';
import { storedOperation } from './export.sources.js';

export const PRODUCT = { name: 'Imprimatur', version: '0.1.0' };

/** What the exported picture says of itself, from the execution log: each turn's steps as they were done, and what the export did last. */
export function manifestOf(
  exported: Export,
  dossier: ExportDossier,
  receipts: { readonly released: Receipt; readonly rendered: Receipt },
): ExportManifestInput {
  const { policy, version } = dossier;
  // nobody else can make the same name again, and no two exports share one
  const secret = randomBytes(32);
  return {
    product: PRODUCT,
    title: dossier.asset.name,
    format: exported.format,
    inception: { kind: 'opened', ingredient: 'parent', when: timestamp(dossier.upload.createdAt), softwareAgent: PRODUCT },
    turns: dossier.contributions.map(turnOf),
    derivation: derivationOf(exported, dossier),
    allActionsIncluded: dossier.contributions.every(({ operations }) => operations.every((each) => isTold(storedOperation(each)?.action))),
    ingredients: [{ id: 'parent', title: dossier.asset.name, relationship: 'parentOf' }],
    governance: {
      exportId: exported.id,
      version: version.id,
      policy: { id: policy.ref.name, version: policy.ref.version, sha256: policy.ref.hash },
      verdicts: dossier.verdicts.map(({ turn, gate, outcome, findings }) => ({
        turn,
        gate,
        outcome,
        reasons: findings.map(({ rule }) => rule),
      })),
      consents: [...new Set(dossier.faces.flatMap(({ consent }) => (consent === null ? [] : [consent])))],
      approvals: dossier.approvals.map(({ decision, role, reviewerRef, digest }) => ({
        role,
        reviewer: reviewerPseudonym(hmacSha256, secret, exported.id, reviewerRef),
        at: timestamp(decision.decidedAt),
        decision: digest,
      })),
      receipts,
    },
    aiTraining: dossier.asset.rights.aiTraining,
    aiDisclosures: [],
    softBinding: { algorithm: 'org.imprimatur.blockhash-256', value: dossier.identity.fingerprint },
  };
}

function turnOf({ turn, version, operations, promptCommitment }: Contribution): ExportManifestInput['turns'][number] {
  const actions = operations.flatMap((each): ManifestAction[] => {
    const told = storedOperation(each);
    if (!told || !isTold(told.action)) return [];
    return [
      { action: told.action, when: timestamp(version.createdAt), softwareAgent: told.agent, digitalSourceType: told.digitalSourceType },
    ];
  });
  return { id: turn, actions, ...(promptCommitment !== null && { promptCommitment }) };
}

/** A label changes what is seen, by a program and without a model. */
function derivationOf(exported: Export, { version }: ExportDossier): readonly ManifestAction[] {
  const when = timestamp(exported.createdAt);
  const actions: ManifestAction[] = [];
  if (exported.maxSide !== null && exported.maxSide < Math.max(version.width, version.height)) {
    actions.push({ action: 'c2pa.resized.proportional', when, softwareAgent: PRODUCT, digitalSourceType: 'algorithmicallyEnhanced' });
  }
  if (exported.rendered?.label) actions.push({ action: 'c2pa.edited', when, softwareAgent: PRODUCT, digitalSourceType: 'humanEdits' });
  if (exported.format !== version.format) actions.push({ action: 'c2pa.transcoded', when, softwareAgent: PRODUCT });
  return actions;
}

function isTold(action: string | undefined): action is ActionName {
  return ACTION_NAMES.some((known) => known === action);
}
