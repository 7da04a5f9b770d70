import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type PublicationInvalid = Refusal<'PUBLICATION_INVALID'>;
export type PublicationEnded = Refusal<'PUBLICATION_ENDED'>;
export type ExportNotPublishable = Refusal<'EXPORT_NOT_PUBLISHABLE'>;
export type PublicationRefusal = NotFound | Forbidden | PublicationInvalid | PublicationEnded | ExportNotPublishable;

export function publicationInvalid(what: string, wanted: string): PublicationInvalid {
  return { code: 'PUBLICATION_INVALID', message: `The ${what} of the publication is not usable.`, remedy: `Give ${wanted}.` };
}

export function publicationEnded(): PublicationEnded {
  return {
    code: 'PUBLICATION_ENDED',
    message: 'It is registered as taken down already.',
    remedy: 'Register it anew if it was published again.',
  };
}

export function exportNotPublishable(why: string): ExportNotPublishable {
  return {
    code: 'EXPORT_NOT_PUBLISHABLE',
    message: `What is published is a finished export that stands: this one ${why}.`,
    remedy: 'Export a released version, and publish that file.',
  };
}
