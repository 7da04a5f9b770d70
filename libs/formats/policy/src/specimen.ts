import type { BundleFiles } from './bundle.files.js';
import type { EditTurnFacts } from './question.js';

/** The smallest bundle that loads: one rule, with its hit and its miss. Specs change a line of it and see what happens. */
export const SPECIMEN: BundleFiles = {
  'bundle.yaml': `
name: specimen
version: 1.2.3
description: One rule.
owners: [Legal]
approvers: [Counsel]
effective: 2026-01-01
modes: { default: enforce, rules: {} }
`,
  'schema.cedarschema': `namespace Imprimatur {
  entity Role;
  entity User in [Role];
  entity Work;
  type Before = {
    useCase: String, channel: String, territory: String, roles: Set<String>, operations: Set<String>, promptCategories: Set<String>,
    scores: { promptMax: Long, sexual_explicit: Long, sexual_suggestive: Long }, faces: Long, facesWithoutConsent: Long,
    consentScopeMissing: Set<String>, maskOverlapsFace: Bool, sourceRights: String, turnsLastHour: Long, provider: String,
    newFaces?: Long, changedOutsideMaskPermille?: Long,
    threshold: { turnsPerHour: Long }, list: { useCases: Set<String> }
  };
  action EditTurn, AutoRelease appliesTo { principal: [User], resource: [Work], context: Before };
  action Export appliesTo { principal: [User], resource: [Work], context: {
    useCase: String, channel: String, territory: String, roles: Set<String>, approved: Bool, faces: Long, facesWithoutConsent: Long,
    consentScopeMissing: Set<String>, sourceRights: String,
    threshold: { turnsPerHour: Long }, list: { useCases: Set<String> } } };
}`,
  'rules/usage.cedar': `
@id("usage.rate") @outcome("throttle") @gate("usage") @reason("{turnsLastHour} turns in an hour.") @citation("House policy 1.3") @remedy("Wait.")
forbid (principal, action == Imprimatur::Action::"EditTurn", resource)
when { context.turnsLastHour >= context.threshold.turnsPerHour };
`,
  'data/taxonomy.yaml': `
levels: { NEGLIGIBLE: 50, LOW: 300, MEDIUM: 600, HIGH: 900 }
classes: [{ id: ip.watermark_removal, title: Watermark, stages: [prompt] }]
`,
  'data/thresholds.yaml': 'thresholds: { turnsPerHour: { value: 60, unit: turns, why: House }}\n',
  'data/use-cases.yaml': `
useCases: [{ id: internal-draft, title: Draft, description: Draft, release: automatic }]
channels: [{ id: internal, title: Inside }]
`,
  'data/queues.yaml': `
queues:
  - { id: policy, title: Policy failures, priority: 0, dueMinutes: 60 }
  - { id: legal, title: Legal, priority: 3, dueMinutes: 480 }
  - { id: quality, title: Quality, priority: 6, dueMinutes: 480 }
`,
  'data/reason-codes.yaml': `
approve: [{ code: fine, label: Fine, text: optional }]
reject: [{ code: bad, label: Bad, text: required }]
request-changes: [{ code: fix, label: Fix, text: required }]
escalate: [{ code: ask, label: Ask, text: required }]
`,
  'tests/baseline.yaml': `
roles: [creator]
EditTurn: { useCase: internal-draft, channel: internal, territory: US, operations: [], promptCategories: [],
  scores: { promptMax: 0, sexual_explicit: 0, sexual_suggestive: 0 }, faces: 0, facesWithoutConsent: 0, consentScopeMissing: [],
  maskOverlapsFace: false, sourceRights: owned, turnsLastHour: 0, provider: simulator }
AutoRelease: {}
Export: {}
`,
  'tests/usage.golden.yaml': `
rules:
  usage.rate:
    hit: [{ name: sixty before, question: EditTurn, facts: { turnsLastHour: 60 } }]
    miss: [{ name: fifty-nine before, question: EditTurn, facts: { turnsLastHour: 59 } }]
`,
};

/** The specimen with some of its files changed, added, or (null) left out. */
export function specimenWith(changes: Readonly<Record<string, string | null>>): BundleFiles {
  const all: Record<string, string | null> = { ...SPECIMEN, ...changes };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The specimen with more rules, written in short: id, outcome and condition, with the text the tests need. */
export function specimenWithRule(id: string, outcome: 'refuse' | 'hold' | 'throttle', condition: string, extra = ''): BundleFiles {
  const queue = outcome === 'hold' ? ' @queue("legal")' : '';
  const notes = `@id("${id}") @outcome("${outcome}") @gate("usage")${queue} @reason("Because.") @citation("House policy 1.1") @remedy("Stop.")`;
  const cedar = `${notes}\nforbid (principal, action == Imprimatur::Action::"EditTurn", resource) when { ${condition} };\n`;
  const golden = `rules: { ${id}: { hit: [{ name: hit, question: EditTurn }], miss: [{ name: miss, question: EditTurn }] } }\n`;
  return specimenWith({ 'rules/more.cedar': `${cedar}${extra}`, 'tests/more.golden.yaml': golden });
}

/** A harmless turn. */
export const HARMLESS: EditTurnFacts = {
  useCase: 'internal-draft',
  channel: 'internal',
  territory: 'US',
  operations: ['tone'],
  promptCategories: [],
  joinedCategories: [],
  scores: { promptMax: 0, sexual_explicit: 0, sexual_suggestive: 0 },
  faces: 0,
  facesWithoutConsent: 0,
  consentScopeMissing: [],
  maskOverlapsFace: false,
  sourceRights: 'owned',
  sourceRestricted: [],
  originMismatch: [],
  knownAs: [],
  policyAcknowledged: true,
  trainingCurrent: [],
  turnsLastHour: 0,
  turnsLastDayTenant: 0,
  turnsLastDayAsset: 0,
  provider: 'simulator',
  vendorTerms: 'not-needed',
  vendorMayTrain: false,
  vendorRetentionDays: 0,
  vendorIndemnifies: true,
  licensedFor: ['commercial', 'model-training'],
};
