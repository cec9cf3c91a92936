import { existsSync, readFileSync, realpathSync } from 'node:fs';
import type { Command } from 'commander';
import { ownFile } from '@oakring/host';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { carryOut, describeStep, isRunBySystemd } from '../install/machine.js';
import {
  nextAfterInstall,
  nextAfterUninstall,
  stepsToInstall,
  stepsToUninstall,
} from '../install/plan.js';
import { execWord, systemPlace, unitName, userPlace, type Place } from '../install/worker-unit.js';
import { terminalOf } from '../terminal.js';
import type { Surroundings } from './context.js';

interface Options {
  readonly user?: boolean;
  readonly dryRun?: boolean;
  readonly uninstall?: boolean;
}

export function addWorkerInstallCommand(worker: Command, { io, env }: Surroundings): void {
  worker
    .command('install')
    .description('make a systemd unit of a worker on this machine, and say what to do next')
    .option('--user', 'of your own systemd, without root')
    .option('--uninstall', 'take it away again; settings and data are kept')
    .option('--dry-run', 'only show what would be done')
    .action((options: Options, command: Command) => {
      const terminal = terminalOf(io, env, command.optsWithGlobals<{ color: boolean }>().color);
      const place = placeOf(options, env['HOME'] ?? '');
      if (options.dryRun !== true) refuseWhereItCannot(options);
      const steps = options.uninstall === true ? stepsToUninstall(place) : stepsHere(place);
      for (const step of steps) {
        terminal.out(describeStep(step));
        if (options.dryRun === true) continue;
        try {
          carryOut(step);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          throw new CommandFailure(
            `Not done: ${why}. What is above it is done.`,
            exitCodes.refused,
          );
        }
      }
      const isGone = options.uninstall === true;
      terminal.out(isGone ? nextAfterUninstall(place) : nextAfterInstall(place));
    });
}

function placeOf({ user }: Options, home: string): Place {
  if (user !== true) return systemPlace;
  if (home !== '') return userPlace(home);
  throw new CommandFailure('HOME is not set: it says where your own units are.', exitCodes.usage);
}

function refuseWhereItCannot({ user }: Options): void {
  if (!isRunBySystemd()) {
    const why = 'This machine is not run by systemd (there is no /run/systemd/system)';
    const instead = 'Let what runs it start: oakring worker. In a container that is its command.';
    throw new CommandFailure(`${why}. ${instead}`, exitCodes.refused);
  }
  if (user === true || process.getuid?.() === 0) return;
  const remedy = 'Run it as root, or with --user for a unit of your own.';
  throw new CommandFailure(
    `A unit of the machine is for root to write. ${remedy}`,
    exitCodes.refused,
  );
}

function stepsHere(place: Place) {
  const script = realpathSync(process.argv[1] ?? '');
  return stepsToInstall({
    place,
    program: `${execWord(process.execPath)} ${execWord(script)}`,
    shipped: {
      unit: readFileSync(ownFile(`infra/systemd/${unitName}.service`), 'utf8'),
      settings: readFileSync(ownFile(`infra/systemd/${unitName}.env.example`), 'utf8'),
    },
    hasSettings: existsSync(place.settingsFile),
    hasUser: place.user === null || hasUser(place.user),
  });
}

function hasUser(name: string): boolean {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .some((line) => line.startsWith(`${name}:`));
}
