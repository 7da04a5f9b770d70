import { type Result, ok, refuse } from '@imprimatur/kernel';
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

function understoodScope(scope: NewConsent['scope']): Result<ConsentScope, ConsentRefusal> {
  const isList = (entries: readonly string[], isEntry: (entry: string) => boolean): boolean =>
    entries.length > 0 && entries.length <= ENTRIES_MAX && entries.every(isEntry);
  const isCode = (entry: string): boolean => CODE.test(entry);
  const distinct = <T extends string>(entries: readonly T[]): readonly T[] => [...new Set(entries)].sort();
  const kinds = scope.kindsOfChange.filter(isKind);
  if (!isList(scope.useCases, isCode)) return refuse(consentScopeInvalid('use cases', 'codes such as marketing'));
  if (!isList(scope.kindsOfChange, isKind)) return refuse(consentScopeInvalid('kinds of change', KINDS_OF_CHANGE.join(', ')));
  if (!isList(scope.channels, isCode)) return refuse(consentScopeInvalid('channels', 'codes such as web'));
  if (!isList(scope.territories, (entry) => TERRITORY.test(entry))) {
    return refuse(consentScopeInvalid('territories', 'ISO 3166 codes such as DE, or * for everywhere'));
  }
  return ok({
    useCases: distinct(scope.useCases),
    kindsOfChange: distinct(kinds),
    channels: distinct(scope.channels),
    territories: distinct(scope.territories),
  });
}

/** The form, or what is wrong with it at that moment. */
export function understood(form: Omit<NewConsent, 'face'>, now: Date): Result<UnderstoodForm, ConsentRefusal> {
  const method = CONSENT_METHODS.find((known) => known === form.method);
  const person = form.person.trim();
  const { text, language } = form.notice;
  if (method === undefined) return refuse(consentMethodUnknown(CONSENT_METHODS));
  if (person.length === 0 || person.length > NAME_MAX) return refuse(consentTextInvalid("person's name", `1 to ${NAME_MAX} characters`));
  if (text.trim().length === 0 || text.length > NOTICE_MAX) return refuse(consentTextInvalid('notice', `1 to ${NOTICE_MAX} characters`));
  if (!LANGUAGE.test(language)) return refuse(consentTextInvalid('language of the notice', 'a tag such as en or pt-BR'));
  if (form.validUntil !== null && !(form.validUntil > now)) return refuse(consentPeriodInvalid());
  const scope = understoodScope(form.scope);
  return scope.ok ? ok({ person, method, notice: { text, language }, scope: scope.value }) : scope;
}
