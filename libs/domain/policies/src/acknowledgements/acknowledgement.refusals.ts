import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type PolicyNotCurrent = Refusal<'POLICY_NOT_CURRENT'>;
export type NothingToAcknowledge = Refusal<'NOTHING_TO_ACKNOWLEDGE'>;
export type AcknowledgementRefusal = NotFound | Forbidden | PolicyNotCurrent | NothingToAcknowledge;

export function policyNotCurrent(): PolicyNotCurrent {
  return {
    code: 'POLICY_NOT_CURRENT',
    message: 'This is not the policy that counts now.',
    remedy: 'Read the text that `duties` gives you now, and acknowledge that one, by its bundle.',
  };
}

export function nothingToAcknowledge(): NothingToAcknowledge {
  return {
    code: 'NOTHING_TO_ACKNOWLEDGE',
    message: 'The policy that counts now has no text that is to be acknowledged.',
    remedy: 'Nothing is to be done.',
  };
}
