import { Command, CommanderError } from 'commander';
import { Fault } from '@imprimatur/kernel';
import { UsageError } from './usage.error.js';
import { verifyCommand } from './verify.command.js';
import { jsonLine } from './verify.output.js';

const FAILED = 2;

/** Offline commands. bin/imprimatur hands over what follows its own name. */
async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('imprimatur').showHelpAfterError('(imprimatur verify --help says more)');
  const verify = verifyCommand((code) => (exitCode = code)).copyInheritedSettings(program);
  program.addCommand(verify);
  for (const command of [program, verify]) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help
    const message = wordsOf(error);
    // commander has said its own on standard error already
    if (!(error instanceof CommanderError)) process.stderr.write(`imprimatur verify: ${message}\n`);
    if (argv.includes('--json')) process.stdout.write(`${jsonLine({ outcome: 'failed', message })}\n`);
    return FAILED;
  }
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
