import { Command, CommanderError } from 'commander';
import { Fault } from '@imprimatur/kernel';
import { ledgerCommand } from './ledger/ledger.command.js';
import { policyCommand } from './policy/policy.command.js';
import { UsageError } from './usage.error.js';
import { verifyCommand } from './verify.command.js';
import { jsonLine } from './verify.output.js';

const FAILED = 2;

/** Commands that run without the service. bin/imprimatur hands over what follows its own name. */
async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const done = (code: number): void => void (exitCode = code);
  const program = new Command('imprimatur').addCommand(verifyCommand(done)).addCommand(ledgerCommand(done)).addCommand(policyCommand(done));
  settle(program, 'imprimatur');
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help
    const message = wordsOf(error);
    // commander has said its own on standard error already
    if (!(error instanceof CommanderError)) process.stderr.write(`${nameOf(program, argv)}: ${message}\n`);
    if (argv.includes('--json')) process.stdout.write(`${jsonLine({ outcome: 'failed', message })}\n`);
    return FAILED;
  }
}

/** Errors come back here instead of ending the process, and point to the help of the command that they are about. */
function settle(command: Command, name: string): void {
  command.exitOverride().showHelpAfterError(`(${name} --help says more)`);
  for (const part of command.commands) settle(part, `${name} ${part.name()}`);
}

/** `imprimatur ledger verify`: as far as the words name commands. */
function nameOf(command: Command, [word, ...rest]: readonly string[]): string {
  const part = command.commands.find((each) => each.name() === word);
  return part ? `${command.name()} ${nameOf(part, rest)}` : command.name();
}

function wordsOf(error: unknown): string {
  if (error instanceof CommanderError || error instanceof UsageError) return error.message;
  if (error instanceof Fault && error.safe) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// a reader that stops listening, as `| head` does, is no fault of ours
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`imprimatur: ${wordsOf(error)}\n`);
    process.exitCode = FAILED;
  },
);
