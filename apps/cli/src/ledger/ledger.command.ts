import { Command } from 'commander';
import { discloseCommand } from './disclose.command.js';
import { exportCommand } from './export.command.js';
import { proveCommand } from './prove.command.js';
import { verifyLedgerCommand } from './verify.ledger.js';

const DETAILS = `
Also, each with a --help of its own:
  imprimatur ledger witness serve   a witness for other people's logs
  imprimatur ledger signer serve    the log's key in a process of its own; signer keys, signer rotate
  imprimatur ledger succeed         the way back after an older backup was restored

Examples:
  imprimatur ledger export ./exported-log --url https://images.example
  imprimatur ledger verify ./exported-log --log-key log.vkey
  imprimatur ledger prove entry_018f3c1e-... --url https://images.example --out receipt.json
  imprimatur ledger verify receipt.json
  imprimatur ledger verify --help
`;

/** `imprimatur ledger ...`; `done` hears the exit code. */
export function ledgerCommand(done: (exitCode: number) => void): Command {
  return new Command('ledger')
    .summary('the log: verify, export, prove, disclose')
    .description('Takes the ledger out of the house and checks it without the house.')
    .addCommand(verifyLedgerCommand(done))
    .addCommand(exportCommand(done))
    .addCommand(proveCommand(done))
    .addCommand(discloseCommand(done))
    .addHelpText('after', DETAILS);
}
