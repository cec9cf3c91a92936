import type { Host } from './manager.js';
import type { Managers } from './managers.js';
import type { Network } from './network.js';
import type { SchedulerHealth } from './scheduler.js';
import type { OakestraMachine } from './oakestra-machine.js';
import type { Health } from './root.js';
import type { RootWorkload } from './root-workload.js';
import type { SimulatedStore } from './store.js';
import type { Machine } from './workers.js';
import type { World } from './world.js';

/** What faults can happen to. */
export interface Plant {
  readonly world: World;
  readonly network: Network;
  readonly store: SimulatedStore;
  readonly managers: Managers;
  readonly scheduler: SchedulerHealth;
  readonly machines: readonly Machine[];
  readonly oakestra: readonly OakestraMachine[];
  /** Null: there is no root. */
  readonly services: RootWorkload | null;
  /** Nodes that are carrying out an order just now. */
  busy(): readonly string[];
  note(what: string): void;
  later(inMs: number, work: () => void): void;
}

type Fault = (plant: Plant) => Promise<void> | void;

const clearSky = { loss: 0, duplicates: 0, mostDelayMs: 10 };

const everyFault: Readonly<Record<string, Fault>> = {
  killManager: (plant) => {
    const host = someManager(plant);
    plant.note(`${host.name} is killed`);
    plant.managers.kill(host);
    plant.later(plant.world.between(200, 8_000), () => void plant.managers.start(host));
  },

  stopManager: (plant) => {
    const host = someManager(plant);
    plant.note(`${host.name} stops on purpose`);
    plant.managers.replace(host, plant.world.between(200, 20_000));
  },

  freezeManager: (plant) => {
    const host = someManager(plant);
    plant.note(`${host.name} freezes`);
    plant.managers.freeze(host, plant.world.between(100, 15_000));
  },

  stallLog: ({ world, store, note }) => {
    note('the log stalls');
    const isLong = world.happens(25);
    store.stalledUntilMs = world.nowMs + world.between(200, isLong ? 30_000 : 3_000);
  },

  loseReplies: ({ world, store, later, note }) => {
    note('replies of the log are lost');
    store.trouble = world.between(5, 50);
    later(world.between(1_000, 30_000), () => {
      store.trouble = 0;
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

/** What can only go wrong between several managers and their store. */
const amongManagers: Readonly<Record<string, Fault>> = {
  cutFromStore: (plant) => {
    const { route, name } = someManager(plant);
    plant.note(`${name} is cut off from the store`);
    route.cutUntilMs = plant.world.nowMs + plant.world.between(200, 20_000);
  },

  cutFromBroker: (plant) => {
    const { name } = someManager(plant);
    plant.note(`${name} is cut off from the broker`);
    plant.network.cutManager(name, plant.world.between(200, 20_000));
  },

  wrongClock: (plant) => {
    const { world, later } = plant;
    const host = someManager(plant);
    host.clockErrorMs =
      (world.happens(50) ? 1 : -1) * world.between(100, world.happens(50) ? 4_000 : 90_000);
    plant.note(`the clock of ${host.name} is wrong by ${host.clockErrorMs} ms`);
    later(world.between(1_000, 30_000), () => {
      host.clockErrorMs = 0;
    });
  },

  elect: ({ world, store, note }) => {
    note('the store has no primary');
    store.interrupt();
    store.electingUntilMs = world.nowMs + world.between(200, 12_000);
  },
};

/** What can only go wrong with Oakestra's workers and its root. */
const aroundOakestra: Readonly<Record<string, Fault>> = {
  crashInstances: ({ world, oakestra, note }) => {
    for (let count = world.between(1, 3); count > 0; count -= 1) {
      const machine = world.pick(oakestra);
      const key = machine?.crash() ?? null;
      if (key !== null) note(`${key} crashes on ${machine?.nodeId}`);
    }
  },

  loseRoot: (plant) => {
    ailRoot(plant, plant.world.pick(['away', 'slow', 'refusing'] as const) ?? 'away');
  },

  /** Mostly it was away meanwhile: else that is noticed late. */
  forget: (plant) => {
    const { services, note, world } = plant;
    if (services?.isOld !== true) return;
    note('the root loses its memory');
    services.forget();
    if (world.happens(70)) ailRoot(plant, 'away');
  },
};

function ailRoot({ services, world, note, later }: Plant, health: Health): void {
  note(`the root is ${health}`);
  const root = services?.root;
  if (root === undefined) return;
  root.health = health;
  later(world.between(500, 40_000), () => {
    root.health = 'well';
  });
}

/**
 * The kinds of trouble that a seed sees. Not all at once: where everything fails all the time the
 * cluster mostly stands still, and what happens between two single faults never does.
 */
export function faultsOf(world: World, managers: number, hasOakestra: boolean): Fault[] {
  const kinds = Object.values({
    ...everyFault,
    ...(managers === 1 ? {} : amongManagers),
    ...(hasOakestra ? aroundOakestra : {}),
  });
  const most = world.pick([3, 5, kinds.length]) ?? kinds.length;
  while (kinds.length > most) kinds.splice(world.chance.integer(kinds.length), 1);
  return kinds;
}

/** Mostly the one that leads: that is where most can go wrong. */
function someManager({ world, managers }: Plant): Host {
  const { leading } = managers;
  const host = leading !== null && world.happens(60) ? leading.host : world.pick(managers.hosts);
  if (host === undefined) throw new Error('there are no managers');
  return host;
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
