import { type ConsentRefusal, consentEnded, consentPeriodInvalid, consentTextInvalid } from './consent.refusals.js';
import { faultsOfScope, understoodScope } from './consent.form.js';
import { allowsAllOf, stateAt } from './consent.rules.js';
import { faultsOfStanding, releaseOf } from './consent.standing.js';
import { type ConsentRecord, MODEL_RELEASES, type NewRepresentative, type NewScope, PROPERTY_RELEASES } from './consent.types.js';

const REASON_MAX = 2000;
const NOTICE_MAX = 20_000;

/** What shall be other than it was; what is left out stays. */
export interface Amendment {
  readonly scope?: NewScope | null | undefined;
  /** Null: until withdrawn. */
  readonly validUntil?: Date | null | undefined;
  readonly representative?: NewRepresentative | null | undefined;
  readonly modelRelease?: string | null | undefined;
  readonly propertyRelease?: string | null | undefined;
  /** What the person read this time; needed where they agree to more. */
  readonly noticeText?: string | null | undefined;
  readonly reason: string;
}

/** The terms as they would be, apart from who the representative is, or what is wrong first. */
export type AmendedTerms = Pick<ConsentRecord, 'scope' | 'validUntil' | 'modelRelease' | 'propertyRelease' | 'notice'>;

/** Whether the new terms allow something that the old ones did not. */
export function widens(was: Pick<ConsentRecord, 'scope' | 'validUntil'>, is: Pick<ConsentRecord, 'scope' | 'validUntil'>): boolean {
  const lastsLonger = was.validUntil !== null && (is.validUntil === null || is.validUntil > was.validUntil);
  return lastsLonger || !allowsAllOf(was.scope, is.scope);
}

export function termsOf(record: ConsentRecord, amendment: Amendment): AmendedTerms {
  const { scope, validUntil, modelRelease, propertyRelease, noticeText } = amendment;
  return {
    scope: scope
      ? understoodScope({
          ...scope,
          providers: scope.providers ?? record.scope.providers,
          training: scope.training ?? record.scope.training,
        })
      : record.scope,
    validUntil: validUntil === undefined ? record.validUntil : validUntil,
    modelRelease: modelRelease ? releaseOf(MODEL_RELEASES, modelRelease) : record.modelRelease,
    propertyRelease: propertyRelease ? releaseOf(PROPERTY_RELEASES, propertyRelease) : record.propertyRelease,
    notice: noticeText ? { ...record.notice, text: noticeText } : record.notice,
  };
}

/** Why a record may not be amended so; null: it may. A consent that has ended is never revived. */
export function amendmentRefusal(record: ConsentRecord, amendment: Amendment, now: Date): ConsentRefusal | null {
  if (stateAt(record, now) !== 'given') return consentEnded();
  const reason = amendment.reason.trim();
  if (reason.length === 0 || reason.length > REASON_MAX) return consentTextInvalid('reason', `1 to ${REASON_MAX} characters`);
  const [fault] = [
    ...(amendment.scope ? faultsOfScope(amendment.scope) : []),
    // a guardian that is there already stays; a record from before may lack one
    ...faultsOfStanding({ ...amendment, ageBand: record.representative ? 'adult' : record.ageBand }),
  ];
  if (fault) return fault.refusal;
  const { validUntil, noticeText } = amendment;
  if (validUntil && !(validUntil > now)) return consentPeriodInvalid();
  if (noticeText && noticeText.length > NOTICE_MAX) return consentTextInvalid('notice', `1 to ${NOTICE_MAX} characters`);
  if (widens(record, termsOf(record, amendment)) && !noticeText?.trim())
    return consentTextInvalid('notice', 'the notice that the person read before they agreed to more');
  return null;
}
