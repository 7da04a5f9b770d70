import type { About, NewEvent } from '@imprimatur/domain/ledger';
import type { AssetId, ErasureId, HoldId, JsonObject, SubjectId, TenantId, VersionId } from '@imprimatur/kernel';
import type { HoldTarget, LegalHold, NewHold, NewRetentionRule, RetentionClass } from './retention.types.js';

/** Their parts outlive retention: they say why something else was kept or destroyed. */
export const KEPT_EVENTS: readonly string[] = ['hold.placed', 'hold.released', 'subject.erased', 'retention-rule.set'];

/** An entry is at most 65,535 bytes long. */
const VERSIONS_TOLD_MAX = 500;

const about = (id: HoldId, target: HoldTarget): readonly About[] => [
  { kind: 'hold', id },
  { kind: target.kind, id: target.id },
];

/** Why is the tenant's own knowledge: a hold must not lose its reason because somebody is erased. */
export function holdPlaced(id: HoldId, { target, matter, reason }: NewHold): NewEvent {
  return {
    type: 'hold.placed',
    about: about(id, target),
    facts: { kind: target.kind },
    parts: { reason: { value: reason, subjects: [] }, matter: { value: matter, subjects: [] } },
  };
}

export function holdReleasedEvent({ id, target }: LegalHold, reason: string): NewEvent {
  return {
    type: 'hold.released',
    about: about(id, target),
    facts: { kind: target.kind },
    parts: { reason: { value: reason, subjects: [] } },
  };
}

/** From its commit on nothing that was sealed for the person can be opened. */
export function subjectErased(
  erased: { readonly id: ErasureId; readonly subject: SubjectId; readonly planDigest: string },
  counts: JsonObject,
  reason: string,
): NewEvent {
  return {
    type: 'subject.erased',
    about: [
      { kind: 'subject', id: erased.subject },
      { kind: 'erasure', id: erased.id },
    ],
    facts: { plan: erased.planDigest, copies: counts },
    parts: { reason: { value: reason, subjects: [] } },
  };
}

/** Tells the trail of a picture what became of it. `erasure` null: its time was over. */
export function assetErased(asset: AssetId, versions: readonly VersionId[], erasure: ErasureId | null): NewEvent {
  return {
    type: 'asset.erased',
    about: [
      { kind: 'asset', id: asset },
      ...versions.slice(0, VERSIONS_TOLD_MAX).map((id) => ({ kind: 'version' as const, id })),
      ...(erasure === null ? [] : [{ kind: 'erasure' as const, id: erasure }]),
    ],
    facts: { versions: versions.length, why: erasure === null ? 'retention' : 'erasure' },
  };
}

export function erasureCompleted(id: ErasureId, subject: SubjectId, counts: JsonObject): NewEvent {
  return {
    type: 'subject.erasure-completed',
    about: [
      { kind: 'subject', id: subject },
      { kind: 'erasure', id },
    ],
    facts: { copies: counts },
  };
}

export function retentionRuleSet(tenant: TenantId, { class: of, keepDays, dutyDays, basis }: NewRetentionRule): NewEvent {
  return {
    type: 'retention-rule.set',
    about: [{ kind: 'tenant', id: tenant }],
    facts: { class: of, keepDays, dutyDays },
    parts: { basis: { value: basis, subjects: [] } },
  };
}

/** One batch that was destroyed because its time was over. */
export function retentionApplied(tenant: TenantId, of: RetentionClass, keepDays: number, counts: JsonObject): NewEvent {
  return { type: 'retention.applied', about: [{ kind: 'tenant', id: tenant }], facts: { class: of, keepDays, destroyed: counts } };
}
