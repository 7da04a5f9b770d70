import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type VersionNotReleased = Refusal<'VERSION_NOT_RELEASED'>;
export type ExportSizeInvalid = Refusal<'EXPORT_SIZE_INVALID'>;
export type ExportRefusal = NotFound | Forbidden | VersionNotReleased | ExportSizeInvalid;

export function versionNotReleased(): VersionNotReleased {
  return {
    code: 'VERSION_NOT_RELEASED',
    message: 'Only a released version can be exported, and this one is not.',
    remedy: 'Wait for its review, or submit a turn and have its result released.',
  };
}

export function exportSizeInvalid(maxSide: number): ExportSizeInvalid {
  return {
    code: 'EXPORT_SIZE_INVALID',
    message: `A longest side of ${maxSide} pixels is not possible.`,
    remedy: 'Ask for 16 to 16384 pixels, or leave it out.',
  };
}
