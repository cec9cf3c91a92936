import type { SchedulerHealth } from './manager.js';
import type { Network } from './network.js';
import type { StoredCommits } from './store.js';
import type { Machine } from './workers.js';
import type { World } from './world.js';

/** What faults can happen to. */
export interface Plant {
  readonly world: World;
  readonly network: Network;
  readonly stored: StoredCommits;
  readonly scheduler: SchedulerHealth;
  readonly machines: readonly Machine[];
  /** Nodes that are carrying out an order just now. */
  busy(): readonly string[];
  /** `kill -9`; another one is started after a while. */
  killManager(forMs: number): void;
  note(what: string): void;
  later(inMs: number, work: () => void): void;
}

type Fault = (plant: Plant) => Promise<void> | void;

const clearSky = { loss: 0, duplicates: 0, mostDelayMs: 10 };

const everyFault: Readonly<Record<string, Fault>> = {
  killManager: ({ world, killManager }) => killManager(world.between(200, 8_000)),

  stallLog: ({ world, stored, note }) => {
    note('the log stalls');
    const isLong = world.happens(25);
    stored.stalledUntilMs = world.nowMs + world.between(200, isLong ? 30_000 : 3_000);
  },

  loseReplies: ({ world, stored, later, note }) => {
    note('replies of the log are lost');
    stored.trouble = world.between(5, 50);
    later(world.between(1_000, 30_000), () => {
      stored.trouble = 0;
    });
  },

  badWeather: ({ world, network, later, note }) => {
    note('bad weather');
    network.weather = {
      loss: world.between(0, 40),
      duplicates: world.between(0, 30),
      mostDelayMs: world.pick([5, 50, 500, 2_000]) ?? 5,
    };
    later(world.between(1_000, 40_000), () => {
      network.weather = clearSky;
    });
  },

  restartBroker: ({ world, network, note }) => {
    note('the broker restarts');
    network.restart(world.between(100, world.happens(25) ? 20_000 : 2_000));
  },

  stopScheduler: ({ world, scheduler, later, note }) => {
    note('the scheduler is away');
    scheduler.isAway = true;
    later(world.between(500, 15_000), () => {
      scheduler.isAway = false;
    });
  },

  cutOne: (plant) => cut(plant, plant.world.between(1, 2)),

  cutMany: (plant) => {
    cut(plant, plant.world.between(2, Math.max(2, Math.floor(plant.machines.length / 2))));
  },

  freeze: (plant) => {
    const machine = someMachine(plant);
    plant.note(`${machine.nodeId} freezes`);
    machine.freeze(plant.world.between(100, 4_000));
  },

  stopWorker: async (plant) => {
    const machine = someMachine(plant);
    plant.note(`${machine.nodeId} stops on purpose`);
    await machine.stop();
    startLater(plant, machine);
  },

  killWorker: (plant) => die(plant, false),

  losePower: (plant) => die(plant, true),
};

/**
 * The kinds of trouble that a seed sees. Not all at once: where everything fails all the time the
 * cluster mostly stands still, and what happens between two single faults never does.
 */
export function faultsOf(world: World): Fault[] {
  const kinds = Object.values(everyFault);
  const most = world.pick([3, 5, kinds.length]) ?? kinds.length;
  while (kinds.length > most) kinds.splice(world.chance.integer(kinds.length), 1);
  return kinds;
}

/** Often one that is in the middle of something: that is where most can go wrong. */
function someMachine({ world, machines, busy }: Plant): Machine {
  const atWork = world.happens(50) ? busy() : [];
  const working = machines.filter(({ nodeId }) => atWork.includes(nodeId));
  const machine = world.pick(working.length > 0 ? working : machines);
  if (machine === undefined) throw new Error('there are no machines');
  return machine;
}

function cut(plant: Plant, count: number): void {
  const { world, network } = plant;
  const ids = Array.from({ length: count }, () => someMachine(plant).nodeId);
  plant.note(`${ids.join(', ')} cut off`);
  network.partition(ids, world.between(200, 60_000));
}

function die(plant: Plant, isSilent: boolean): void {
  const machine = someMachine(plant);
  plant.note(`${machine.nodeId} ${isSilent ? 'loses its power' : 'is killed'}`);
  machine.kill(isSilent);
  startLater(plant, machine);
}

function startLater({ world, later }: Plant, machine: Machine): void {
  later(world.between(500, world.happens(50) ? 60_000 : 8_000), () => machine.start());
}
