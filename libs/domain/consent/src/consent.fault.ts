import type { ConsentRefusal } from './consent.refusals.js';

/** The fields of a form, as the API names them. */
export type FormField =
  | 'person'
  | 'method'
  | 'noticeText'
  | 'noticeLanguage'
  | 'validUntil'
  | 'useCases'
  | 'kindsOfChange'
  | 'channels'
  | 'territories'
  | 'providers'
  | 'representative'
  | 'modelRelease'
  | 'propertyRelease';

export interface FormFault {
  readonly field: FormField;
  readonly refusal: ConsentRefusal;
}
