import { assert, type Result, ok, refuse } from '@imprimatur/kernel';
import {
  consentMethodUnknown,
  consentPeriodInvalid,
  type ConsentRefusal,
  consentScopeInvalid,
  consentTextInvalid,
} from './consent.refusals.js';
import {
  CONSENT_METHODS,
  type ConsentMethod,
  type ConsentScope,
  KINDS_OF_CHANGE,
  type KindOfChange,
  type NewConsent,
} from './consent.types.js';

const NAME_MAX = 200;
const NOTICE_MAX = 20_000;
const ENTRIES_MAX = 300;
/** Scopes stand in the ledger in the clear: codes only, so that no name and no sentence can get in. */
const CODE = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const TERRITORY = /^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** A consent form as far as it was understood. */
export interface UnderstoodForm {
  readonly person: string;
  readonly method: ConsentMethod;
  readonly notice: NewConsent['notice'];
  readonly scope: ConsentScope;
}

export const isKind = (text: string): text is KindOfChange => KINDS_OF_CHANGE.some((kind) => kind === text);

/** What the rules say of a form; where and whom it is about is checked elsewhere. */
export type ConsentForm = Pick<NewConsent, 'person' | 'method' | 'notice' | 'scope' | 'validUntil'>;

/** The fields of a form, as the API names them. */
export type FormField =
  'person' | 'method' | 'noticeText' | 'noticeLanguage' | 'validUntil' | 'useCases' | 'kindsOfChange' | 'channels' | 'territories';

export interface FormFault {
  readonly field: FormField;
  readonly refusal: ConsentRefusal;
}

function faultsOfScope(scope: NewConsent['scope']): readonly FormFault[] {
  const isList = (entries: readonly string[], isEntry: (entry: string) => boolean): boolean =>
    entries.length > 0 && entries.length <= ENTRIES_MAX && entries.every(isEntry);
  const isCode = (entry: string): boolean => CODE.test(entry);
  const places = 'ISO 3166 codes such as DE, or * for everywhere';
  const faults: (FormFault | false)[] = [
    !isList(scope.useCases, isCode) && { field: 'useCases', refusal: consentScopeInvalid('use cases', 'codes such as marketing') },
    !isList(scope.kindsOfChange, isKind) && {
      field: 'kindsOfChange',
      refusal: consentScopeInvalid('kinds of change', KINDS_OF_CHANGE.join(', ')),
    },
    !isList(scope.channels, isCode) && { field: 'channels', refusal: consentScopeInvalid('channels', 'codes such as web') },
    !isList(scope.territories, (entry) => TERRITORY.test(entry)) && {
      field: 'territories',
      refusal: consentScopeInvalid('territories', places),
    },
  ];
  return faults.filter((fault) => fault !== false);
}

/** Everything that is wrong with a form at that moment, by field; empty: nothing. */
export function faultsOf({ person, method, notice, scope, validUntil }: ConsentForm, now: Date): readonly FormFault[] {
  const { text, language } = notice;
  const name = person.trim();
  const faults: (FormFault | false)[] = [
    methodOf(method) === undefined && { field: 'method', refusal: consentMethodUnknown(CONSENT_METHODS) },
    (name.length === 0 || name.length > NAME_MAX) && {
      field: 'person',
      refusal: consentTextInvalid("person's name", `1 to ${NAME_MAX} characters`),
    },
    (text.trim().length === 0 || text.length > NOTICE_MAX) && {
      field: 'noticeText',
      refusal: consentTextInvalid('notice', `1 to ${NOTICE_MAX} characters`),
    },
    !LANGUAGE.test(language) && {
      field: 'noticeLanguage',
      refusal: consentTextInvalid('language of the notice', 'a tag such as en or pt-BR'),
    },
    validUntil !== null && !(validUntil > now) && { field: 'validUntil', refusal: consentPeriodInvalid() },
  ];
  return [...faults.filter((fault) => fault !== false), ...faultsOfScope(scope)];
}

const methodOf = (text: string): ConsentMethod | undefined => CONSENT_METHODS.find((known) => known === text);

/** The form, or what is wrong with it first at that moment. */
export function understood(form: ConsentForm, now: Date): Result<UnderstoodForm, ConsentRefusal> {
  const [fault] = faultsOf(form, now);
  if (fault) return refuse(fault.refusal);
  const method = methodOf(form.method);
  assert(method !== undefined, 'a form without faults has a method');
  const { person, notice, scope } = form;
  const distinct = <T extends string>(entries: readonly T[]): readonly T[] => [...new Set(entries)].sort();
  return ok({
    person: person.trim(),
    method,
    notice: { text: notice.text, language: notice.language },
    scope: {
      useCases: distinct(scope.useCases),
      kindsOfChange: distinct(scope.kindsOfChange.filter(isKind)),
      channels: distinct(scope.channels),
      territories: distinct(scope.territories),
    },
  });
}
