import { assert, fromHex } from '@imprimatur/kernel';
import type { NewAttempt, NewEnding } from './attempt.types.js';
import type { EditOutcome, SafetyReport } from './provider.types.js';

const DIGEST_BYTES = 32;
const MESSAGE_CHARS_MAX = 2_000;
const RATINGS_MAX = 50;
const WORD_CHARS_MAX = 100;

/** The ending of an attempt whose process died, or which was given up. */
export const TIMED_OUT: NewEnding = {
  outcome: 'timeout',
  finish: null,
  responseSha256: null,
  responseId: null,
  modelVersion: null,
  usage: {},
  errorCode: 'TIMEOUT',
};

/** What is written down of an answer. A provider's own timeout is one too. */
export function endingOf(answer: EditOutcome): NewEnding {
  const { finish, usage, responseSha256, safety } = answer;
  const isTimeout = answer.outcome === 'failed' && finish.code === 'TIMEOUT';
  return {
    outcome: isTimeout ? 'timeout' : answer.outcome,
    finish: { code: finish.code, message: finish.message?.slice(0, MESSAGE_CHARS_MAX).toWellFormed() ?? null },
    responseSha256: responseSha256 === null ? null : fromHex(responseSha256),
    responseId: answer.provider.responseId,
    modelVersion: answer.provider.modelVersion?.slice(0, WORD_CHARS_MAX).toWellFormed() ?? null,
    usage,
    ...(safety.length > 0 && { safety: safety.slice(0, RATINGS_MAX).map(ratingOf) }),
    errorCode: answer.outcome === 'failed' ? finish.code : null,
  };
}

function ratingOf({ category, level, blocked }: SafetyReport): SafetyReport {
  const short = (word: string): string => word.slice(0, WORD_CHARS_MAX).toWellFormed();
  return { category: short(category), level: short(level), blocked };
}

/** 32 bytes. */
export function requestDigest({ requestSha256 }: NewAttempt): Uint8Array {
  const digest = fromHex(requestSha256);
  assert(digest.length === DIGEST_BYTES, 'a request digest has 32 bytes');
  return digest;
}

export function checkEnding({ outcome, errorCode, responseSha256, usage }: NewEnding): void {
  assert((outcome === 'failed' || outcome === 'timeout') === (errorCode !== null), 'what failed has an error code, and nothing else has');
  assert(responseSha256 === null || responseSha256.length === DIGEST_BYTES, 'a response digest has 32 bytes');
  assert(Object.values(usage).every(Number.isSafeInteger), 'usage is counted in whole numbers');
}
