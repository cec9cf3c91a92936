import { resourceCatalogue, resourceNames, type Resources } from '../resources/catalogue.js';
import { pageOf } from './answers.js';
import { HeldPortAnswer } from './held-port.js';
import {
  flag,
  formed,
  listOf,
  natural,
  nullable,
  number,
  oneOf,
  partialRecordOf,
  recordOf,
  text,
  time,
} from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

export const nodeStatuses = ['registered', 'ready', 'suspect', 'disconnected', 'lost'] as const;
export type NodeStatus = (typeof nodeStatuses)[number];

export const resources = formed<Resources>(
  {
    type: 'object',
    properties: Object.fromEntries(resourceNames.map((name) => [name, natural.schema])),
    required: resourceNames.filter((name) => resourceCatalogue[name].everywhere),
    example: { cpuMillis: 250, memoryMiB: 128 },
  },
  recordOf(natural).holds,
  `not an object {${resourceNames.join(', ')}}`,
);

@Shape()
export class Since {
  @Field(time)
  readonly since: string;

  @Field(text)
  readonly reason: string;
}

@Shape()
export class Draining {
  @Field(time)
  readonly deadline: string;

  @Field(flag)
  readonly force: boolean;
}

@Shape()
export class Quarantined extends Since {
  @Field(flag, { says: 'Its record, not an operator, put it there.' })
  readonly byRecord: boolean;
}

@Shape({ says: 'Why nothing new is placed on a node; each null where it does not apply.' })
export class NodeFlags {
  @Field(nullable(shaped(Since)))
  readonly cordoned: Since | null;

  @Field(nullable(shaped(Draining)))
  readonly draining: Draining | null;

  @Field(nullable(shaped(Quarantined)))
  readonly quarantined: Quarantined | null;
}

@Shape({ name: 'NodeDiskFull' })
export class DiskFullAnswer {
  @Field(time)
  readonly since: string;

  @Field(natural, { says: 'Then.' })
  readonly freeMiB: number;

  @Field(natural, { says: 'That must be free.' })
  readonly leastMiB: number;
}

@Shape()
export class Rival extends Since {
  @Field(natural)
  readonly incarnation: number;
}

@Shape()
export class OrdersHeld {
  @Field(natural)
  readonly orders: number;

  @Field(text, { says: 'What they wait for, and what one can do.' })
  readonly reason: string;
}

@Shape({ says: 'From the newest reading, percent 0–100.' })
export class Used {
  @Field(number)
  readonly cpu: number;

  @Field(number)
  readonly memory: number;
}

@Shape({ says: 'By which a node is known at the broker; nothing that is secret of it.' })
export class NodeCredential {
  @Field(oneOf(['holds', 'revoked']))
  readonly status: 'holds' | 'revoked';

  @Field(time, { says: 'Of the secret that it has now.' })
  readonly since: string;

  @Field(nullable(text), { says: 'Who let it join: `api/` before the name of a token.' })
  readonly joinedBy: string | null;

  @Field(nullable(recordOf(text)), {
    says: 'Labels that it has by that, whatever its worker says.',
  })
  readonly labels: Readonly<Record<string, string>> | null;

  @Field(nullable(time))
  readonly revoked: string | null;

  @Field(nullable(text))
  readonly revokedBy: string | null;
}

@Shape({ name: 'Node' })
export class NodeAnswer {
  @Field(text)
  readonly id: string;

  @Field(text)
  readonly name: string;

  @Field(text)
  readonly ip: string;

  @Field(natural)
  readonly port: number;

  @Field(oneOf(nodeStatuses))
  readonly status: NodeStatus;

  @Field(time, { says: 'When the status began.' })
  readonly since: string;

  @Field(text)
  readonly reason: string;

  @Field(natural)
  readonly incarnation: number;

  /** In which its worker speaks and is spoken to, such as `native`. */
  @Field(text)
  readonly dialect: string;

  @Field(shaped(Rival), {
    optional: true,
    says: 'Another worker claims to be this node as well (a copied data folder).',
  })
  readonly rival?: Rival;

  @Field(resources)
  readonly capacity: Resources;

  @Field(flag, { says: 'The node stated no capacity.' })
  readonly assumed: boolean;

  @Field(resources)
  readonly reserved: Resources;

  @Field(nullable(shaped(Used)), { says: 'Null before the first reading. Not part of the view.' })
  readonly used: Used | null;

  @Field(nullable(time), {
    says: 'Null when nothing was heard since the manager started. Not part of the view.',
  })
  readonly lastSeen: string | null;

  @Field(natural, { says: 'Readings given up under overload since the manager started.' })
  readonly readingsShed: number;

  @Field(natural)
  readonly instances: number;

  @Field(natural, { optional: true, says: 'Of them, those that fail their checks. Absent: none.' })
  readonly unhealthy?: number;

  @Field(recordOf(text))
  readonly labels: Readonly<Record<string, string>>;

  @Field(listOf(text))
  readonly technologies: readonly string[];

  @Field(nullable(text))
  readonly architecture: string | null;

  @Field(flag)
  readonly acknowledges: boolean;

  @Field(flag)
  readonly enforcesStop: boolean;

  @Field(listOf(text), { says: 'What it can do beside starting and stopping.' })
  readonly features: readonly string[];

  @Field(listOf(text), { says: 'Folders of the machine below which jobs may be given one.' })
  readonly hostPaths: readonly string[];

  @Field(listOf(text), { says: 'Names of credentials that it keeps for jobs to pull with.' })
  readonly registries: readonly string[];

  @Field(listOf(shaped(HeldPortAnswer)), { says: 'Ports that placements there have.' })
  readonly ports: readonly HeldPortAnswer[];

  @Field(shaped(DiskFullAnswer), {
    optional: true,
    says: 'Its worker starts nothing new for want of room.',
  })
  readonly diskFull?: DiskFullAnswer;

  @Field(shaped(NodeCredential), {
    optional: true,
    says: 'Absent: it has none of its own, and never joined.',
  })
  readonly credential?: NodeCredential;

  @Field(shaped(NodeFlags))
  readonly flags: NodeFlags;

  @Field(listOf(text), {
    says: '`<job>/<instance>/<generation>` of what runs there without our order.',
  })
  readonly unexpected: readonly string[];

  @Field(listOf(text), {
    says:
      '`<job>/<instance>` of what its worker reports and cannot be told, `?` for what is not known of it: ' +
      'nothing that it may be is taken for gone. The dead letters have the reports.',
  })
  readonly unreadable: readonly string[];

  @Field(shaped(OrdersHeld), {
    optional: true,
    says: 'Orders to it that are not sent for now, though it is heard.',
  })
  readonly ordersHeld?: OrdersHeld;

  @Field(natural, { says: 'Position of the last change.' })
  readonly position: number;
}

export const NodePage = pageOf(NodeAnswer, 'NodePage');

@Shape({ says: 'Something that should happen by itself, and fails again and again.' })
export class Degraded extends Since {
  @Field(text, { says: 'As in the metrics: `seals`, `placements`, …' })
  readonly what: string;
}

@Shape({ name: 'Cluster' })
export class ClusterAnswer {
  @Field(text)
  readonly clusterId: string;

  @Field(text)
  readonly name: string;

  @Field(text)
  readonly location: string;

  @Field(natural)
  readonly epoch: number;

  @Field(natural)
  readonly position: number;

  @Field(nullable(shaped(Since)), {
    says: 'While it lasts no node steps past suspect and nothing is replaced.',
  })
  readonly storm: Since | null;

  @Field(partialRecordOf(nodeStatuses, natural), { says: 'Nodes by status.' })
  readonly nodes: Readonly<Partial<Record<NodeStatus, number>>>;

  @Field(listOf(shaped(Degraded)), {
    optional: true,
    says: 'What the manager that answers fails to do now, and tries on; left out where nothing is.',
  })
  readonly degraded?: readonly Degraded[];
}

@Shape({ name: 'NodeOrder' })
export class NodeOrderAnswer {
  @Field(text)
  readonly id: string;

  @Field(natural, { says: 'Where it was committed.' })
  readonly position: number;
}

@Shape({ name: 'Registered' })
export class RegisteredAnswer {
  @Field(text)
  readonly id: string;

  @Field(flag)
  readonly accepted: boolean;

  @Field(text, { optional: true })
  readonly code?: string;

  @Field(text, { optional: true })
  readonly detail?: string;

  @Field(text, { optional: true, says: 'Given until the node has presented it, then never again.' })
  readonly token?: string;

  @Field(natural, { says: 'Of the start that the node is at now.' })
  readonly incarnation: number;

  @Field(text, { optional: true, says: 'Of the registration that this answers.' })
  readonly startId?: string;

  @Field(natural)
  readonly epoch: number;

  @Field(text, { optional: true, says: 'Identity of the manager’s ledger.' })
  readonly ledger?: string;

  @Field(time, { says: 'The manager’s: a worker learns its clock’s offset from it.' })
  readonly at: string;

  @Field(natural, { says: 'How often the manager wants a reading, milliseconds.' })
  readonly periodMs: number;
}

@Shape({ says: 'What was read in one step; percent, 0–100.' })
export class Spread {
  @Field(number)
  readonly min: number;

  @Field(number)
  readonly avg: number;

  @Field(number)
  readonly max: number;
}

@Shape()
export class TelemetryPoint {
  @Field(time, { says: 'Where the step begins.' })
  readonly at: string;

  @Field(natural)
  readonly count: number;

  @Field(shaped(Spread))
  readonly cpu: Spread;

  @Field(shaped(Spread))
  readonly memory: Spread;
}

@Shape({ says: 'Readings in steps, at most 500.' })
export class NodeTelemetry {
  @Field(text)
  readonly nodeId: string;

  @Field(time)
  readonly from: string;

  @Field(time)
  readonly to: string;

  @Field(natural)
  readonly stepMs: number;

  @Field(listOf(shaped(TelemetryPoint)))
  readonly points: readonly TelemetryPoint[];

  @Field(natural, { says: 'Readings given up under overload since the manager started.' })
  readonly readingsShed: number;
}
