import { Command } from 'commander';
import { diffCommand } from './diff.command.js';
import { lintCommand } from './lint.command.js';
import { signCommand } from './sign.command.js';
import { simulateCommand } from './simulate.command.js';
import { testCommand } from './test.command.js';
import { uploadCommand } from './upload.command.js';
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
    .summary('policy bundles: lint, test, diff, simulate, sign, verify, upload')
    .description('Reads, tests, compares, simulates and signs policy bundles; only upload needs a service.')
    .addCommand(lintCommand(done))
    .addCommand(testCommand(done))
    .addCommand(diffCommand(done))
    .addCommand(simulateCommand(done))
    .addCommand(signCommand(done))
    .addCommand(verifySignatureCommand(done))
    .addCommand(uploadCommand(done))
    .addHelpText('after', DETAILS);
}
