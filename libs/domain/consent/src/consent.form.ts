import { assert, type Result, ok, refuse } from '@imprimatur/kernel';
import type { FormFault } from './consent.fault.js';
import { faultsOfStanding, releaseOf } from './consent.standing.js';
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
  MODEL_RELEASES,
  type ModelRelease,
  type NewConsent,
  type NewScope,
  PROPERTY_RELEASES,
  type PropertyRelease,
} from './consent.types.js';

const NAME_MAX = 200;
const NOTICE_MAX = 20_000;
const ENTRIES_MAX = 300;
/** Scopes stand in the ledger in the clear: codes only, so that no name and no sentence can get in. */
const CODE = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const TERRITORY = /^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/;
/** Names of providers are short codes, too. */
const PROVIDER = /^(\*|[a-z0-9][a-z0-9._-]{0,62})$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** A consent form as far as it was understood. */
export interface UnderstoodForm {
  readonly person: string;
  readonly method: ConsentMethod;
  readonly notice: NewConsent['notice'];
  readonly scope: ConsentScope;
  readonly modelRelease: ModelRelease | null;
  readonly propertyRelease: PropertyRelease | null;
}

export const isKind = (text: string): text is KindOfChange => KINDS_OF_CHANGE.some((kind) => kind === text);

/** What the rules say of a form; where and whom it is about is checked elsewhere. */
export type ConsentForm = Pick<
  NewConsent,
  'person' | 'ageBand' | 'representative' | 'method' | 'notice' | 'scope' | 'modelRelease' | 'propertyRelease' | 'validUntil'
>;

export function faultsOfScope(scope: NewScope): readonly FormFault[] {
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
    // none is fine: then nothing leaves the installation
    !(scope.providers ?? []).every((entry) => PROVIDER.test(entry)) && {
      field: 'providers',
      refusal: consentScopeInvalid('providers', 'names such as gemini, or * for any; an empty list keeps the picture in the house'),
    },
  ];
  return faults.filter((fault) => fault !== false);
}

/** Everything that is wrong with a form at that moment, by field; empty: nothing. */
export function faultsOf(form: ConsentForm, now: Date): readonly FormFault[] {
  const { person, method, notice, scope, validUntil } = form;
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
  return [...faults.filter((fault) => fault !== false), ...faultsOfStanding(form), ...faultsOfScope(scope)];
}

const methodOf = (text: string): ConsentMethod | undefined => CONSENT_METHODS.find((known) => known === text);

/** The form, or what is wrong with it first at that moment. */
export function understood(form: ConsentForm, now: Date): Result<UnderstoodForm, ConsentRefusal> {
  const [fault] = faultsOf(form, now);
  if (fault) return refuse(fault.refusal);
  const method = methodOf(form.method);
  assert(method !== undefined, 'a form without faults has a method');
  const { person, notice, scope } = form;
  return ok({
    person: person.trim(),
    method,
    notice: { text: notice.text, language: notice.language },
    scope: understoodScope(scope),
    modelRelease: releaseOf(MODEL_RELEASES, form.modelRelease),
    propertyRelease: releaseOf(PROPERTY_RELEASES, form.propertyRelease),
  });
}

/** Of a scope without faults. */
export function understoodScope(scope: NewScope): ConsentScope {
  const distinct = <T extends string>(entries: readonly T[]): readonly T[] => [...new Set(entries)].sort();
  return {
    useCases: distinct(scope.useCases),
    kindsOfChange: distinct(scope.kindsOfChange.filter(isKind)),
    channels: distinct(scope.channels),
    territories: distinct(scope.territories),
    providers: distinct(scope.providers ?? ['*']),
    training: scope.training ?? false,
  };
}
