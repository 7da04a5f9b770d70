import type { Refusal } from '@imprimatur/kernel';

export type HandlersInvalid = Refusal<'HANDLERS_INVALID'>;

export function handlersInvalid(): HandlersInvalid {
  return {
    code: 'HANDLERS_INVALID',
    message: 'A case is handled by members with the role legal or approver.',
    remedy: 'Name two people who have one of these roles.',
  };
}
