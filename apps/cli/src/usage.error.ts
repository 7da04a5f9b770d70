/** What was asked cannot be done as it was asked: said in one line, exit code 2. */
export class UsageError extends Error {}
