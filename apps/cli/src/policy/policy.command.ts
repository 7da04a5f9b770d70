import { Command } from 'commander';
import { lintCommand } from './lint.command.js';
import { signCommand } from './sign.command.js';
import { testCommand } from './test.command.js';
import { verifySignatureCommand } from './verify.command.js';

const DETAILS = `
Examples:
  imprimatur policy lint policies/starter
  imprimatur policy test policies/starter --mutate
  imprimatur policy test --help
`;

/** `imprimatur policy ...`; `done` hears the exit code. */
export function policyCommand(done: (exitCode: number) => void): Command {
  return new Command('policy')
    .summary('policy bundles: lint, test')
    .description('Reads, tests and compares policy bundles. Needs no service and no network.')
    .addCommand(lintCommand(done))
    .addCommand(testCommand(done))
    .addCommand(signCommand(done))
    .addCommand(verifySignatureCommand(done))
    .addHelpText('after', DETAILS);
}
