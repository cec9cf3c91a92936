import type { Command } from 'commander';
import type { Surroundings } from '../context.js';

/**
 * `oakring audit …`: what an auditor needs, with a manager or without one. Its commands read ledgers
 * by themselves; what that takes is loaded when one is called, so that all others start at once.
 */
export function addAuditCommands(program: Command, surroundings: Surroundings): void {
  const audit = program
    .command('audit')
    .description('prove what happened: verify, export, report, compare and copy the ledger')
    .addHelpText(
      'after',
      `
Exit codes of audit commands:
  0  whole; with --trust also: under a seal by a key that counts from that one on
  1  damaged or different; with --trust also: no such seal
  2  wrong usage or settings, such as a fingerprint that is in no key of the ledger
  3  it cannot be read or reached
  5  with --trust: whole and sealed, but for its newest commits, which nobody has signed yet

Examples:
  oakring audit verify
  oakring audit export --from 1 --to 100 --out first.bundle
  oakring audit verify first.bundle
  oakring audit report --from -1d
  oakring audit copy --from ./oakring-data/ledger --to mongodb://127.0.0.1:27017/oakring`,
    );
  program.hook('preSubcommand', async (_program, called) => {
    if (called !== audit) return;
    const { addAuditSubcommands } = await import('./subcommands.js');
    addAuditSubcommands(audit, surroundings);
  });
}
