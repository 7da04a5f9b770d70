import { consentEvidenceInvalid, type ConsentEvidenceInvalid } from '../consent.refusals.js';
import type { EvidenceFormat } from './evidence.types.js';

export const EVIDENCE_BYTES_MAX = 10 * 1024 * 1024;
/** Of one consent; a form has pages, and they are one file. */
export const EVIDENCE_FILES_MAX = 20;

const BEGINNINGS: Readonly<Record<EvidenceFormat, readonly number[]>> = {
  pdf: [0x25, 0x50, 0x44, 0x46, 0x2d],
  jpeg: [0xff, 0xd8, 0xff],
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
};

/** What the file is, by how it begins, whatever it is called; null: nothing that is taken. Nobody here opens it. */
export function formatOf(bytes: Uint8Array): EvidenceFormat | null {
  const formats = Object.keys(BEGINNINGS) as EvidenceFormat[];
  return formats.find((format) => BEGINNINGS[format].every((byte, at) => bytes[at] === byte)) ?? null;
}

export function evidenceUnreadable(): ConsentEvidenceInvalid {
  return consentEvidenceInvalid('The file is no PDF, JPEG or PNG.', 'Send the signed form as one of these, as it was scanned or signed.');
}

export function evidenceTooMany(): ConsentEvidenceInvalid {
  return consentEvidenceInvalid(`This consent has ${EVIDENCE_FILES_MAX} files already.`, 'Put the pages into one PDF.');
}
