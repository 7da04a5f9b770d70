import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type ReconciliationRefusal =
  | NotFound
  | Forbidden
  | Refusal<'MAPPING_INVALID'>
  | Refusal<'COLUMN_UNKNOWN'>
  | Refusal<'COLUMN_TWICE'>
  | Refusal<'BILL_BROKEN'>
  | Refusal<'BILL_EMPTY'>
  | Refusal<'PROVIDER_INVALID'>
  | Refusal<'TIME_ZONE_UNKNOWN'>
  | Refusal<'WINDOW_INVALID'>
  | Refusal<'PERIOD_INVALID'>;

export function mappingInvalid(presets: readonly string[], columns: readonly string[]): ReconciliationRefusal {
  return {
    code: 'MAPPING_INVALID',
    message: 'The mapping is neither a preset nor headings by column.',
    remedy: `Give one of ${presets.join(', ')}, or a JSON object with the heading of each column: ${columns.join(', ')}; and preset, if not generic.`,
  };
}

export function columnUnknown(column: string, heading: string): ReconciliationRefusal {
  return {
    code: 'COLUMN_UNKNOWN',
    message: `The file has no column "${heading}", which is to be its ${column}.`,
    remedy: 'Name the heading of that column in the mapping, exactly as the first line of the file has it.',
  };
}

export function columnTwice(column: string, heading: string): ReconciliationRefusal {
  return {
    code: 'COLUMN_TWICE',
    message: `The file has more than one column "${heading}", which is to be its ${column}.`,
    remedy: 'Give each column of the file a heading of its own.',
  };
}

/** `why`: SCREAMING_SNAKE. */
export function billBroken(why: string, line: number | null): ReconciliationRefusal {
  return {
    code: 'BILL_BROKEN',
    message: `The file cannot be read as CSV: ${why}${line === null ? '' : ` at line ${line}`}.`,
    remedy: 'Send CSV in UTF-8, with its headings in the first line, separated by comma, semicolon or tab.',
  };
}

export function billEmpty(): ReconciliationRefusal {
  return { code: 'BILL_EMPTY', message: 'The file is empty.', remedy: 'Send CSV with its headings in the first line.' };
}

export function providerInvalid(): ReconciliationRefusal {
  return {
    code: 'PROVIDER_INVALID',
    message: 'The provider is not named in the way attempts name theirs.',
    remedy: 'Give the provider of the calls, for instance gemini: lower-case letters, digits and hyphens.',
  };
}

export function timeZoneUnknown(): ReconciliationRefusal {
  return {
    code: 'TIME_ZONE_UNKNOWN',
    message: 'The time zone is not known.',
    remedy: 'Give an IANA name (Europe/Berlin), an offset (+02:00) or UTC; or leave it out when every time in the file states its own.',
  };
}

export function windowInvalid(maximum: number): ReconciliationRefusal {
  return { code: 'WINDOW_INVALID', message: 'The window is not usable.', remedy: `Give whole seconds, 1 to ${maximum}.` };
}

export function periodInvalid(): ReconciliationRefusal {
  return {
    code: 'PERIOD_INVALID',
    message: 'The period is not usable.',
    remedy: 'Give both from and to, each as RFC 3339 with its offset, the earlier first.',
  };
}
