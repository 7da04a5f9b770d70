import type { RetentionClass } from '@imprimatur/domain/retention';
import type { CopyAction, CopyGroup, CopyKind } from './erasure.plan.js';
import type { PersonalCopies } from './personal.copies.js';

interface Found {
  readonly id: string;
  readonly at: Date;
}

const found = <T>(rows: readonly T[], id: (row: T) => string, at: (row: T) => Date): readonly Found[] =>
  rows.map((row) => ({ id: id(row), at: at(row) }));

function group(kind: CopyKind, action: CopyAction, note: string, copies: readonly Found[], of: RetentionClass | null = null): CopyGroup {
  const newest = copies.reduce<Date | null>((latest, { at }) => (latest === null || at > latest ? at : latest), null);
  return { kind, action, ids: copies.map(({ id }) => id), kept: of && newest ? { class: of, newest } : null, note };
}

function said(kind: CopyKind, action: CopyAction, note: string, ids: readonly string[]): CopyGroup {
  return { kind, action, ids, kept: null, note };
}

/** What is there, kind by kind, with what becomes of it: in the words that whoever agrees to it reads. */
export function groupsOf(copies: PersonalCopies): readonly CopyGroup[] {
  return [...personGroups(copies), ...pictureGroups(copies), ...workGroups(copies), ...keptGroups(copies)];
}

function personGroups({ person, notices, evidence, turns, payloads, requests }: PersonalCopies): readonly CopyGroup[] {
  return [
    said('key', 'destroy-key', 'Whatever is sealed for this person cannot be opened any more, here or in a backup of the database.', [
      person.subject,
    ]),
    said(
      'person',
      'redact',
      'Name and mail address go; the pseudonym stays, since the ledger speaks of it.',
      person.hasName || person.hasMailAddress ? [person.subject] : [],
    ),
    said(
      'login',
      'delete',
      'Sign-ins are removed, keys revoked, roles taken away.',
      Array.from({ length: person.logins }, (_, at) => String(at)),
    ),
    group(
      'consent-notice',
      'redact',
      'The text that the person was shown.',
      found(
        notices,
        ({ consent }) => consent,
        ({ createdAt }) => createdAt,
      ),
      'consent',
    ),
    group(
      'consent-evidence',
      'delete',
      'Signed forms and scans that name the person, as the one shown or as the one who signed for them.',
      found(
        evidence,
        ({ file }) => file,
        ({ addedAt }) => addedAt,
      ),
      'consent',
    ),
    group(
      'prompt',
      'redact',
      'What the person asked for, with questions, answers and the operations understood.',
      found(
        turns,
        ({ turn }) => turn,
        ({ submittedAt }) => submittedAt,
      ),
      'turn',
    ),
    group(
      'ledger-payload',
      'delete',
      'Sealed parts beside the entries of the ledger; the entries and every proof stay.',
      found(
        payloads,
        ({ entry, part }) => `${entry}/${part}`,
        ({ at }) => at,
      ),
      'ledger-payload',
    ),
    said('request-digest', 'redact', 'Digests of requests that are kept for seven days so that none is done twice.', requests),
  ];
}

function pictureGroups({ pictures, bindings, around }: PersonalCopies): readonly CopyGroup[] {
  const ofOrigin = (isUpload: boolean): readonly Found[] =>
    found(
      pictures.filter(({ origin }) => (origin === 'upload') === isUpload),
      ({ version }) => version,
      ({ createdAt }) => createdAt,
    );
  return [
    group(
      'original',
      'delete',
      'Uploaded pictures that show the person. Everybody else who is in them loses them too.',
      ofOrigin(true),
      'asset',
    ),
    group('derivative', 'delete', 'Versions that were made from them.', ofOrigin(false), 'asset'),
    said('thumbnail', 'delete', 'Made from the picture whenever one is asked for, and never stored.', []),
    group(
      'export',
      'delete',
      'Exported files, with the manifests and receipts in them.',
      found(
        around.exports,
        (each) => each.export,
        ({ createdAt }) => createdAt,
      ),
      'export',
    ),
    group(
      'fingerprint',
      'delete',
      'By what consent recognises the picture: its digests, its fingerprint, where the face is.',
      found(
        bindings,
        ({ consent, version }) => `${consent}/${version}`,
        ({ createdAt }) => createdAt,
      ),
      'consent',
    ),
    group(
      'screening',
      'redact',
      'What the engines saw: faces, scores, fingerprint, digest of the pixels.',
      found(
        around.screenings,
        ({ version }) => version,
        ({ createdAt }) => createdAt,
      ),
      'asset',
    ),
    said('asset-name', 'redact', 'Names and file facts of assets of which no picture is left.', around.emptied),
    said('session-name', 'redact', 'Names of sessions of whose pictures none is left.', around.sessions),
  ];
}

function workGroups({ around }: PersonalCopies): readonly CopyGroup[] {
  return [
    group(
      'mask',
      'redact',
      'Outlines drawn on these pictures.',
      found(
        around.masks,
        ({ mask }) => mask,
        ({ createdAt }) => createdAt,
      ),
      'turn',
    ),
    group(
      'verdict',
      'redact',
      'What the gates saw in the pictures; their answers and rules stay. Work on these pictures that is under way ends.',
      found(
        around.items,
        ({ item }) => item,
        ({ createdAt }) => createdAt,
      ),
      'turn',
    ),
    group(
      'review-digest',
      'redact',
      'Digests of what reviewers saw; who decided what stays.',
      found(
        around.reviews,
        ({ task }) => task,
        ({ openedAt }) => openedAt,
      ),
      'review',
    ),
    group(
      'attempt-digest',
      'redact',
      'Digests of what providers were sent and answered; what was billed stays.',
      found(
        around.attempts,
        ({ attempt }) => attempt,
        ({ beganAt }) => beganAt,
      ),
      'turn',
    ),
  ];
}

function keptGroups({ lookalikes, notices }: PersonalCopies): readonly CopyGroup[] {
  return [
    said('lookalike', 'keep', 'Pictures that look much the same and are not known to show the person: look at them.', lookalikes),
    said(
      'consent-record',
      'keep',
      'Who agreed to what, under the pseudonym: proof that what was done was allowed.',
      notices.map(({ consent }) => consent),
    ),
    said(
      'ledger-entry',
      'keep',
      'Entries hold pseudonyms, codes and commitments that nobody can open any more. They are never removed.',
      [],
    ),
    said('job', 'keep', 'Queued work names ids only, and is swept within days.', []),
  ];
}
