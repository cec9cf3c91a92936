import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { CommandRecord } from '@oakring/model';
import type { DoubtfulInstance, WordOfInstance } from '../../wires/dialect.port.js';
import type { Command, Inferred } from '../../commands/command.js';
import { given, plan, registerNode, submitJob, type Given } from '../../testing/given.js';
import { Inference } from '../inference.js';

type Says = WordOfInstance['says'];

/**
 * One worker with the runtimes docker and unikernel, `a`, and job `j` with instance 0: what is inferred of
 * what it shows and says is decided at once, and noted in short.
 */
export class OneWorker {
  readonly cluster: Given;
  readonly ports: SimulatedPorts = simulatedPorts();
  readonly renewed: string[] = [];
  readonly inferred: Inferred[] = [];
  /** How often it sends its lists. */
  periodMs = 2_000;
  inference: Inference;

  constructor(job: Record<string, unknown> = {}) {
    this.cluster = given();
    this.inference = this.newTerm();
    this.register();
    this.when(submitJob('j', { count: 1, ...job }));
  }

  /** Another leader begins, and knows what the views say. */
  newTerm(): Inference {
    const monotonicMs = (): number => this.ports.clock.monotonicMs();
    const clock = { monotonicMs, wallMs: () => 1_700_000_000_000 + monotonicMs() };
    this.inference = new Inference({
      state: () => this.cluster.state,
      isInferred: () => true,
      clock,
      renew: (commandId) => void this.renewed.push(commandId),
    });
    return this.inference;
  }

  register(): void {
    const said = registerNode('a', { acknowledges: true, technologies: ['docker', 'unikernel'] });
    this.when({ ...said, dialect: 'other', startsAnew: true });
    this.inference.registered('a');
  }

  when(command: Command): readonly string[] {
    return this.cluster.when(command).types;
  }

  async pass(ms: number): Promise<void> {
    await this.ports.advance(ms);
    this.cluster.pass(ms);
  }

  /** So many periods with a list of each runtime; the containers are in the first one. */
  async lists(periods: number, ...keys: readonly string[]): Promise<string[]> {
    const told: string[] = [];
    for (let period = 0; period < periods; period += 1) {
      await this.pass(this.periodMs);
      told.push(...this.list(...keys), ...this.list());
    }
    return told;
  }

  list(...keys: readonly string[]): string[] {
    return this.listAs('running', ...keys);
  }

  listAs(status: 'running' | 'starting', ...keys: readonly string[]): string[] {
    const instances = keys.map((key) => ({ ...addressOf(key), status }));
    return this.decide(this.inference.sighted('a', { list: '', instances }));
  }

  /** So many periods with lists that have only what cannot be told. */
  async doubts(periods: number, entry: DoubtfulInstance): Promise<string[]> {
    const told: string[] = [];
    for (let period = 0; period < periods; period += 1) {
      await this.pass(this.periodMs);
      const broken = { list: '', instances: [], doubtful: [entry] };
      told.push(...this.decide(this.inference.sighted('a', broken)), ...this.list());
    }
    return told;
  }

  says(says: Says, detail: string | null = null, key = 'j/0'): string[] {
    const word = { ...addressOf(key), says, detail, publicIp: null };
    return this.decide(this.inference.told('a', word));
  }

  /** Sends what is to be sent and may be: the kinds of it. */
  send(): string[] {
    const { unsentOfNode, commands } = this.cluster.state;
    const kinds: string[] = [];
    for (const id of [...unsentOfNode.of('a')]) {
      const command = commands.get(id);
      if (command === undefined || !this.inference.maySend(command)) continue;
      this.inference.sending(command);
      kinds.push(command.kind);
    }
    return kinds;
  }

  /** It is placed on the worker, which is heard undisturbed, and its start is sent. */
  async ordered(): Promise<this> {
    await this.lists(2);
    this.when(plan('j', 'a'));
    this.send();
    return this;
  }

  async running(): Promise<this> {
    await this.ordered();
    this.says('created');
    await this.lists(1, 'j/0');
    return this;
  }

  /** Its end is ordered, and that is sent. */
  deleted(): void {
    this.when({ type: 'ScaleJob', id: 'j', count: 0 });
    this.when({ type: 'OrderStops', placements: [...this.cluster.state.unorderedStops] });
    this.send();
  }

  get instance() {
    return this.cluster.state.instances.get('j/0');
  }

  get order(): CommandRecord | undefined {
    return [...this.cluster.state.commands.values()].at(-1);
  }

  private decide(inferred: readonly Inferred[]): string[] {
    const told: string[] = [];
    for (const command of inferred) {
      this.inferred.push(command);
      told.push(shortOf(command));
      this.cluster.when(command);
      told.push(...this.decide(this.inference.concluded('a')));
    }
    return told;
  }
}

function shortOf(command: Inferred): string {
  if (command.type === 'RecordAck') return command.ack.phase;
  return command.state.instances
    .map(({ job, instance, generation, status }) => `${job}/${instance}/${generation} ${status}`)
    .join();
}

function addressOf(key: string): { name: string; instance: number } {
  const [name = '', instance] = key.split('/');
  return { name, instance: Number(instance) };
}
