import { type LogFinding, type LogState, LOG_ZERO, type Succession, type SuccessionFindings } from '@imprimatur/domain/ledger';

const LINES_MAX = 20;
const WORDS: Readonly<Record<LogState, string>> = {
  grows: 'grows out of it',
  superseded: 'was succeeded already, and the backup is older than that',
  smaller: 'smaller: entries that were signed are missing',
  different: 'another tree: not what was signed',
  absent: 'the whole log is missing',
};

/** What was found, the troubled logs first by name, the others by number. */
export function findingLines({ installation, logs, isMemoryOlder }: SuccessionFindings): readonly string[] {
  const troubled = logs.filter(({ state, memoryIsOlder }) => state !== 'grows' || memoryIsOlder);
  const lines = [`${installation}: ${logs.length} logs, ${logs.length - troubled.length} as they were signed last`];
  for (const finding of troubled.slice(0, LINES_MAX)) lines.push(`  ${lineOf(finding)}`);
  if (troubled.length > LINES_MAX) lines.push(`  and ${troubled.length - LINES_MAX} more`);
  if (isMemoryOlder) lines.push('The signer’s memory is older than the database: what was signed after it is not known to anybody here.');
  return lines;
}

function lineOf({ log, state, signed, keptSize, memoryIsOlder }: LogFinding): string {
  const name = log.tenant === LOG_ZERO ? 'log 0' : log.tenant;
  const forgotten = memoryIsOlder ? '; the signer does not remember its newest checkpoint' : '';
  return `${name}: signed ${signed?.size ?? 0}, here ${log.size} (${keptSize} of them as signed): ${WORDS[state]}${forgotten}`;
}

export function endingLines({ installation, successor, logs }: Succession): readonly string[] {
  return [
    `${logs.length} logs go on under ${successor}; ${installation} is never signed again.`,
    'Their keys are in trust/logs.vkey: hand it out again, and give witnesses the new log 0. Now start the worker.',
  ];
}
