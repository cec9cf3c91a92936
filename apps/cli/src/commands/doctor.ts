import type { Command } from 'commander';
import {
  isObject,
  readSettings,
  settingsCatalogue,
  shownUrl,
  unknownSettings,
} from '@oakring/contracts';
import {
  authorityFile,
  findingLevels,
  Trust,
  unseenFindings,
  type Finding,
  type FindingLevel,
} from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { healthAt, type Place } from '../client/http.js';
import {
  addSettingFlags,
  environmentWithFlags,
  type NamedSetting,
} from '../config/setting-flags.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderFindings } from '../render/findings.js';
import { terminalOf, type Environment } from '../terminal.js';
import { contextOf, type Surroundings } from './context.js';
import { schedulerSettings } from './scheduler.js';
import { clusterSettings } from './up.js';
import { workerSettings } from './worker.js';

/** What is going to run, or runs, here. */
interface Role {
  readonly name: 'up' | 'scheduler' | 'worker';
  readonly what: string;
  readonly settings: readonly NamedSetting[];
  /** `manager`: where the command line finds it; without an address where the settings do not say it. */
  examine(env: Environment, ports: Ports, manager: Place): Promise<readonly Finding[]>;
}

const roles: readonly Role[] = [
  {
    name: 'up',
    what: 'what oakring up would find here',
    settings: clusterSettings,
    async examine(env, ports, manager) {
      const { examineManager } = await import('@oakring/manager');
      const { OAKRING_SCHEDULER_URL: schedulerUrl = '' } = env;
      return [
        ...(await examineManager(env, ports)),
        ...(await healthOf('manager', manager, ports, 'no cluster runs there')),
        ...(schedulerUrl === ''
          ? []
          : await reached('scheduler', placeAt(schedulerUrl, env), ports)),
      ];
    },
  },
  {
    name: 'scheduler',
    what: 'what oakring scheduler would find here',
    settings: schedulerSettings,
    async examine(env, ports) {
      const { examineScheduler, readSchedulerSettings } = await import('@oakring/scheduler');
      const isScheduler = async (url: string): Promise<boolean> =>
        Object.hasOwn(detailsIn(await healthAt(placeAt(url, env), ports)), 'nodeView');
      const findings = await examineScheduler(env, isScheduler);
      if (findings.some(({ part, level }) => part === 'settings' && level === 'bad'))
        return findings;
      return [
        ...findings,
        ...(await reached('manager', placeAt(readSchedulerSettings(env).managerUrl, env), ports)),
      ];
    },
  },
  {
    name: 'worker',
    what: 'what oakring worker would find here',
    settings: workerSettings,
    async examine(env, ports) {
      const { examineWorker } = await import('@oakring/worker');
      return examineWorker(env, ports);
    },
  },
];

export function addDoctorCommands(program: Command, surroundings: Surroundings): void {
  const doctor = program
    .command('doctor')
    .description('look at all that a start needs here, and say what to do')
    .addHelpText(
      'after',
      `
It takes the settings of what it looks for, as variables or flags, changes nothing, and may be run beside
what runs. It ends with 1 where a start would fail or a promise could not be kept, and with 6 where something
else wants a look.

Examples:
  oakring doctor
  oakring doctor up --data /var/lib/oakring
  oakring doctor worker --id edge-1 --mqtt-url mqtt://10.0.0.1:10003`,
    );
  for (const role of roles) addDoctor(doctor, role, surroundings);
}

function addDoctor(doctor: Command, role: Role, surroundings: Surroundings): void {
  const { name, what, settings } = role;
  const command = doctor.command(name, { isDefault: name === 'up' }).description(what);
  command.addHelpText('after', `\nExample:\n  oakring doctor ${name}`);
  addSettingFlags(command, settings);
  command.action(async (_options: object, command: Command) => {
    const { io, env, ports } = surroundings;
    const { color, json = false } = command.optsWithGlobals<{ color: boolean; json?: boolean }>();
    const terminal = terminalOf(io, env, color);
    const merged = environmentWithFlags(env, command, settings);
    await import('reflect-metadata');
    const findings = [
      ...unknownSettings(env).map(ofNoEffect),
      ...(await role.examine(merged, ports, managerOf({ ...surroundings, env: merged }, command))),
    ];
    const worst = worstOf(findings);
    const report = { role: name, worst, findings };
    terminal.out(
      json ? JSON.stringify(report, null, 2) : renderFindings(findings, terminal.colors),
    );
    refuse(findings, worst);
  });
}

/** A program learns it by the code, a person by the words. */
function refuse(findings: readonly Finding[], worst: FindingLevel): void {
  const count = findings.filter(({ level }) => level === worst).length;
  const some = `${count} of ${findings.length}`;
  switch (worst) {
    case 'bad':
      throw new CommandFailure(
        `${some} are to be mended before it can be relied on.`,
        exitCodes.refused,
      );
    case 'warning':
      throw new CommandFailure(`${some} want a look.`, exitCodes.wantsALook);
    case 'unknown':
    case 'ok':
  }
}

function worstOf(findings: readonly Finding[]): FindingLevel {
  return findingLevels.findLast((level) => findings.some((found) => found.level === level)) ?? 'ok';
}

function ofNoEffect(sentence: string): Finding {
  const remedy = 'Correct its name, or take it away.';
  return {
    part: 'settings',
    level: 'warning',
    looked: 'names of variables',
    seen: sentence,
    remedy,
  };
}

/** '' where the settings do not say it: that is told of the settings. */
function managerOf(surroundings: Surroundings, command: Command): Place {
  try {
    return contextOf(surroundings, command).client;
  } catch {
    return { url: '' };
  }
}

/** Another program of the cluster. */
function placeAt(url: string, env: Environment): Place {
  const { tlsCa, data } = settingsCatalogue;
  return { url, trust: Trust.in(authorityFile(readSettings({ tlsCa, data }, env))) };
}

/** What a program of ours says of itself, part by part. */
async function healthOf(
  part: string,
  place: Place,
  ports: Ports,
  otherwise: string,
): Promise<readonly Finding[]> {
  const { url } = place;
  if (url === '') return unseenFindings('health');
  const looked = `${part} at ${shownUrl(url)}`;
  const health = await healthAt(place, ports);
  if (health === null) return [{ part: 'health', level: 'ok', looked, seen: otherwise }];
  return Object.entries(detailsIn(health)).map(([name, detail]) =>
    judgeHealth(`${looked}: ${name}`, detail),
  );
}

/** A program that ours will ask, and that must be there sooner or later. */
async function reached(part: string, place: Place, ports: Ports): Promise<readonly Finding[]> {
  if ((await healthAt(place, ports)) !== null) return healthOf(part, place, ports, '');
  const remedy = `Start it, or correct the address: nothing is placed until it answers.`;
  const looked = `${part} at ${shownUrl(place.url)}`;
  return [{ part: 'health', level: 'warning', looked, seen: 'nobody answers there', remedy }];
}

function detailsIn(health: unknown): Readonly<Record<string, unknown>> {
  const details = isObject(health) ? health['details'] : null;
  return isObject(details) ? details : {};
}

/** It says itself what to do. */
function judgeHealth(looked: string, answer: unknown): Finding {
  const { status, remedy, ...facts } = isObject(answer) ? answer : {};
  const said = Object.entries(facts).map(([name, fact]) => `${name} ${shown(fact)}`);
  const seen = [String(status), ...said].join(', ');
  const level = status === 'up' ? 'ok' : status === 'degraded' ? 'warning' : 'bad';
  const about = { part: 'health', level, looked, seen } as const;
  return typeof remedy === 'string' ? { ...about, remedy } : about;
}

function shown(fact: unknown): string {
  return typeof fact === 'string' ? fact : JSON.stringify(fact);
}
