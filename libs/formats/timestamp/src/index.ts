export { timestampRequest, tokenOfResponse, verifyTimestamp, type TimestampReport } from './timestamp.js';
