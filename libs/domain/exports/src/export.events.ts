import type { NewEvent } from '@imprimatur/domain/ledger';
import type { JsonObject } from '@imprimatur/kernel';
import type { Export, ExportStanding } from './export.types.js';

const about = (exported: Pick<Export, 'id' | 'version' | 'asset'>): NewEvent['about'] => [
  { kind: 'asset', id: exported.asset },
  { kind: 'version', id: exported.version },
  { kind: 'export', id: exported.id },
];

export function exportRequested(exported: Export): NewEvent {
  const { format, maxSide, labels, declares } = exported;
  return {
    type: 'export.requested',
    about: about(exported),
    facts: { format, maxSide, labels, ...(declares.length === 0 ? {} : { declares: [...declares] }) },
  };
}

/** `binding` says which picture the receipt speaks of (FORMATS, 'Receipt v1'): verifiers compare it with the file in their hands. */
export function exportRendered(exported: Export, binding: JsonObject): NewEvent {
  return {
    type: 'export.rendered',
    about: about(exported),
    facts: { format: exported.format },
    parts: { binding: { value: binding, subjects: [] } },
  };
}

export function exportSigned(exported: Export, manifestUrn: string, signedSha256: Uint8Array): NewEvent {
  return {
    type: 'export.signed',
    about: about(exported),
    facts: { format: exported.format, manifest: manifestUrn },
    parts: { file: { value: signedSha256, subjects: [] } },
  };
}

/** The signed file left the house with whoever asked for it: nobody calls it back. */
export function exportDownloaded(exported: Export): NewEvent {
  return { type: 'export.downloaded', about: about(exported), facts: { format: exported.format } };
}

/** It was done and may be anywhere: from now on whoever asks for its status is told. */
export function exportFlagged(exported: Export, standing: ExportStanding, code: string): NewEvent {
  return { type: 'export.flagged', about: about(exported), facts: { standing, code } };
}

export function exportFailed(exported: Export, code: string, retryAt: Date | null): NewEvent {
  return { type: 'export.failed', about: about(exported), facts: { code, ...(retryAt && { retryAt: retryAt.toISOString() }) } };
}
