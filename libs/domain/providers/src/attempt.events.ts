import type { NewEvent } from '@imprimatur/domain/ledger';
import { utf8 } from '@imprimatur/kernel';
import type { Attempt, AttemptEnding } from './attempt.types.js';

const about = ({ asset, turn, item, id }: Attempt): NewEvent['about'] => [
  { kind: 'asset', id: asset },
  { kind: 'turn', id: turn },
  { kind: 'item', id: item },
  { kind: 'attempt', id },
];

/** Written before anything leaves for the provider. The digest names prompt and picture, so it is a part. */
export function attemptBegan(attempt: Attempt): NewEvent {
  return {
    type: 'attempt.began',
    about: about(attempt),
    facts: {
      number: attempt.number,
      provider: attempt.provider,
      model: attempt.requestedModel,
      ...(attempt.terms === null ? {} : { terms: attempt.terms }),
    },
    parts: { request: { value: attempt.requestSha256, subjects: [] } },
  };
}

/** The provider's words may quote the prompt, so they are a part; its code is a fact. */
export function attemptEnded(attempt: Attempt, ending: AttemptEnding): NewEvent {
  const { finish, responseSha256 } = ending;
  return {
    type: 'attempt.ended',
    about: about(attempt),
    facts: {
      ...{ number: attempt.number, outcome: ending.outcome, finish: finish?.code ?? null, error: ending.errorCode, usage: ending.usage },
      // told where somebody else's model answered: it may be another than the one that was asked for
      ...(attempt.terms === null || ending.modelVersion === null ? {} : { model: ending.modelVersion }),
    },
    parts: {
      ...(responseSha256 === null ? {} : { response: { value: responseSha256, subjects: [] } }),
      ...(finish === null || finish.message === null ? {} : { message: { value: utf8(finish.message), subjects: [] } }),
    },
  };
}
