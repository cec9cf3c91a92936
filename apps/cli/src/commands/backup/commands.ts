import type { Command } from 'commander';
import type { Surroundings } from '../context.js';
import type { BackupOptions, RestoreOptions } from './backup-options.js';

const passphraseFile = [
  '--passphrase-file <file>',
  'of the keys; - is standard input [OAKRING_BACKUP_PASSPHRASE]',
] as const;

/** `oakring backup` and `oakring restore`. They read ledgers: what that takes is loaded when one is called. */
export function addBackupCommands(program: Command, surroundings: Surroundings): void {
  program
    .command('backup')
    .description('copy the ledger of a running cluster; again into the same place: what is new')
    .requiredOption('--to <place>', 'a folder, or a file whose name has an ending')
    .option('--telemetry', 'the readings as well')
    .option('--data <folder>', 'of a manager on this machine: its keys as well, encrypted')
    .option('--store <store>', 'of that manager, where it is MongoDB [OAKRING_STORE]')
    .option(...passphraseFile)
    .option('--without-keys', 'leave the keys out, and say nothing of it')
    .addHelpText(
      'after',
      `
It may be interrupted: run again it goes on where it stopped. The file is one of "audit export --all":
"oakring audit verify <file>" checks it. docs/backup.md has the whole of it.

Examples:
  oakring backup --to backup
  oakring backup --to backup --data oakring-data --passphrase-file /root/passphrase
  oakring audit verify backup/ledger.commits`,
    )
    .action(async (options: BackupOptions, command: Command) => {
      const { takeBackup } = await import('./take-backup.js');
      await takeBackup(surroundings, command, options);
    });
  program
    .command('restore')
    .description('put a backup into an empty store, verified before and after')
    .requiredOption('--from <place>', 'a folder or file of "oakring backup"')
    .option('--data <folder>', 'data folder of the manager to be: keys go there [OAKRING_DATA]')
    .option('--store <store>', 'a folder or mongodb://…, empty [OAKRING_STORE] (<data>/ledger)')
    .option('--telemetry', 'the readings of the backup as well')
    .option(...passphraseFile)
    .option('--without-keys', 'leave the keys of the backup where they are')
    .addHelpText(
      'after',
      `
No manager may run there, and the cluster that the backup is of must have ended for good. An interrupted one
goes on when it is run again; until it is done no manager starts on the store.

Examples:
  oakring restore --from backup --data oakring-data --passphrase-file /root/passphrase
  oakring restore --from backup --store mongodb://127.0.0.1:27017/oakring --without-keys`,
    )
    .action(async (options: RestoreOptions, command: Command) => {
      const { restoreBackup } = await import('./restore-backup.js');
      await restoreBackup(surroundings, command, options);
    });
}
