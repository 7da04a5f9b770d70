export { LocalLogSigner, outcomeOf } from './local.log.signer.js';
export { answerFor, type LogKeys, type LogSigner, refusalOf, type SigningRequest, type Standing } from './log.signer.js';
export { RemoteLogSigner, type RemoteSignerOptions } from './remote.log.signer.js';
export { type AnswerText, BODY_BYTES_MAX, headText, isOperation, type Operation, type Request, REQUESTS } from './signer.protocol.js';
export { StatefulSigner } from './stateful.signer.js';
