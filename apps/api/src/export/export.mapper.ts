import type { Export } from '@imprimatur/domain/exports';
import { toPublicId, type VersionId } from '@imprimatur/kernel';

/** What the resolver of an export's fields starts from. */
export interface ExportParent {
  readonly __typename: 'Export';
  readonly versionId: VersionId;
  readonly failureCode: string | null;
  readonly [field: string]: unknown;
}

export function toExport(exported: Export): ExportParent {
  const id = toPublicId('export', exported.id);
  return {
    __typename: 'Export',
    id,
    versionId: exported.version,
    failureCode: exported.failure,
    format: exported.format.toUpperCase(),
    state: exported.state.toUpperCase(),
    labels: exported.labels.toUpperCase(),
    label: exported.rendered?.label?.text ?? null,
    createdAt: exported.createdAt,
    fileUrl: exported.signed && `/exports/${id}/file`,
    manifestUrn: exported.signed?.manifestUrn ?? null,
    releaseIndex: exported.signed?.releaseIndex ?? null,
    failure: exported.failure,
    failureReason: exported.kept?.reason ?? null,
    failureRemedy: exported.kept?.remedy ?? null,
    retryAt: exported.retryAt,
    standing: exported.standing.toUpperCase(),
    standingSince: exported.standingSince,
  };
}
