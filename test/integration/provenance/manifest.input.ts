import type { ExportManifestInput, ManifestFormat } from '@imprimatur/formats/manifest';

const WHEN = '2026-11-23T10:00:00.000Z';
const EDITOR = { name: 'imprimatur-local-editor', version: '1' };

/** One of everything that an export may say. */
export function manifestInput(
  format: ManifestFormat,
  version: string,
  receipts: ExportManifestInput['governance']['receipts'],
): ExportManifestInput {
  return {
    product: { name: 'Imprimatur', version: '0.1.0' },
    title: 'Spring campaign',
    format,
    inception: { kind: 'opened', ingredient: 'parent', when: WHEN, softwareAgent: EDITOR },
    turns: [
      {
        id: '01900000-0000-7000-8000-000000000001',
        promptCommitment: 'cHJvbXB0',
        maskCommitment: 'bWFzaw',
        actions: [
          { action: 'c2pa.adjustedColor', when: WHEN, softwareAgent: EDITOR, digitalSourceType: 'algorithmicallyEnhanced' },
          {
            action: 'c2pa.edited',
            when: WHEN,
            softwareAgent: { name: 'a-model', version: '2' },
            digitalSourceType: 'compositeWithTrainedAlgorithmicMedia',
          },
        ],
      },
    ],
    derivation: [{ action: 'c2pa.resized.proportional', when: WHEN, softwareAgent: EDITOR }],
    allActionsIncluded: true,
    ingredients: [{ id: 'parent', title: 'Original upload', relationship: 'parentOf' }],
    governance: {
      exportId: '01900000-0000-7000-8000-000000000002',
      version,
      policy: { id: 'starter', version: '1', sha256: 'ab'.repeat(32) },
      verdicts: [{ turn: '01900000-0000-7000-8000-000000000001', gate: 'usage', outcome: 'pass', reasons: [] }],
      consents: ['cd'.repeat(32)],
      approvals: [{ role: 'approver', reviewer: 'reviewer-1', at: WHEN, decision: 'ef'.repeat(32) }],
      receipts,
    },
    aiTraining: 'prohibited',
    aiDisclosures: [{ modelName: 'a-model', modelIdentifier: 'vendor/a-model@2', humanOversightLevel: 'prompt_guided' }],
    softBinding: { algorithm: 'org.imprimatur.blockhash-256', value: 'AAECAw==' },
  };
}
