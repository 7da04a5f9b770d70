Object.defineProperty(exports, '__esModule', { value: true });
const { Fault } = require('../../../dist/libs/kernel/src/index.js');

exports.default = async ({ kind, ms }) => {
  if (kind === 'spin') for (const until = Date.now() + ms; Date.now() < until;);
  if (kind === 'throw') throw new RangeError('of the task');
  if (kind === 'fault') throw new Fault({ room: 'probe', code: 'PROBE_FAILED', message: 'said', retryable: true, safe: true });
  if (kind === 'late')
    setTimeout(() => {
      throw new Error('after the answer');
    }, 10);
  if (kind === 'crash')
    return new Promise(() =>
      setTimeout(() => {
        throw new Error('nobody catches this');
      }, 10),
    );
  return kind;
};
