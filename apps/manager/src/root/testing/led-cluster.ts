import type { SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../../commands/command.js';
import { Supervisor } from '../../supervision/supervisor.js';
import type { Given } from '../../testing/given.js';
import { Projection } from '../../views/projection.js';
import { RootSpeaking } from '../root-speaking.js';
import { RootStanding } from '../root-standing.js';
import type { Root } from '../root.port.js';
import { unmeasured } from './given-root.js';

/** A manager that leads and speaks to a root, in simulated time: its deciders, and nothing of its HTTP and MQTT. */
export class LedCluster {
  readonly warned: string[] = [];
  readonly standing: RootStanding;
  readonly supervisor: Supervisor;
  /** Whether it may say anything: its lease is renewed. */
  leads = true;
  private tell: (what: string) => void = () => {};
  private readonly listeners: ((events: unknown) => void)[] = [];

  constructor(
    readonly ports: SimulatedPorts,
    readonly cluster: Given,
    root: Root,
    forgetful: 'keep' | 'end',
    ...commands: readonly Command[]
  ) {
    this.standing = new RootStanding(ports.clock);
    for (const command of commands) this.order(command);
    const projection = new Projection(this.cluster.state, this.ports);
    const told = projection as unknown as { onProjected: unknown };
    told.onProjected = (listener: (events: unknown, head: unknown, changes: unknown) => void) => {
      this.listeners.push((events) => listener(events, null, this.changes()));
      return () => {};
    };
    const parts = { root, standing: this.standing, forgetful };
    const warn = (line: string): void => void this.warned.push(line);
    const term = { queue: this.queue, state: () => this.cluster.state, leads: () => this.leads };
    const process = new RootSpeaking(parts, unmeasured, term, this.ports, warn);
    this.supervisor = new Supervisor([process] as never, projection, this.ports, warn);
    this.changes();
    this.supervisor.start();
  }

  /** Hears of the commands that it gives itself. */
  listen(tell: (what: string) => void): void {
    this.tell = tell;
  }

  get jobs() {
    return this.cluster.state.jobs;
  }

  commandOf(job: string, number: number): string {
    return this.cluster.state.placements.get(`${job}/${number}/1`)?.commandId ?? '';
  }

  /** Decided and projected, in one commit. */
  order(command: Command): unknown {
    const { state, history, when } = this.cluster;
    const { decided, events } = when(command);
    const { position = 0, at = 0 } = history.at(-1) ?? {};
    state.head = { ...state.head, position, at };
    for (const listener of this.listeners) listener(events);
    return (decided as { answer: unknown }).answer;
  }

  private readonly queue = {
    submit: async (command: Command) => {
      if (command.type !== 'RecordRoot') {
        this.tell(`${command.type} ${'id' in command ? command.id : ''}`);
      }
      return { status: 'accepted', answer: this.order(command) };
    },
  } as unknown as CommandQueue;

  private changes(): unknown {
    const { nodes, jobs, instances } = this.cluster.state;
    return {
      ...{ nodes: nodes.takeNews(), jobs: jobs.takeNews(), instances: instances.takeNews() },
      ...{ placements: new Set(), commands: new Set(), cluster: new Set() },
      presences: nodes.takeNewSteps(),
    };
  }
}
