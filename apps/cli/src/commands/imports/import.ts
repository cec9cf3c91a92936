import type { Command } from 'commander';
import type { ImportedNode, ImportedService } from '../../client/documents.js';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { contextOf, show, type Context, type Surroundings } from '../context.js';
import { readOldCluster, madeUpFor, type OldCluster } from './old-cluster.js';

interface ImportOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

type Taking = Parameters<Context['client']['importNode']>[1];

interface Imported {
  readonly dryRun: boolean;
  readonly nodes: readonly ImportedNode[];
  readonly services: readonly ImportedService[];
}

export function addImportCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('import')
    .description('take over what another orchestrator runs')
    .command('oakestra')
    .description("nodes, services and where they run, from the data base of Oakestra's cluster")
    .argument('<mongodb-url>', "the cluster's MongoDB: mongodb://127.0.0.1:10107")
    .option('--dry-run', 'tell what would come over and what not, and why; write nothing')
    .option('--force', 'also into a ledger that has other jobs already')
    .addHelpText(
      'after',
      `
The manager must run with OAKRING_OAKESTRA=true; docs/oakestra.md has the whole move.

Examples:
  oakring import oakestra mongodb://127.0.0.1:10107 --dry-run
  oakring import oakestra mongodb://127.0.0.1:10107`,
    )
    .action(async (url: string, options: ImportOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      if (!/^mongodb(\+srv)?:\/\//.test(url)) {
        throw new CommandFailure(`"${url}" is no mongodb:// address.`, exitCodes.usage);
      }
      const old = await readOldCluster(url);
      if (old.candidates.length === 0 && old.jobs.length === 0) {
        throw new CommandFailure(
          'There is nothing in its data bases candidates and jobs: is it the MongoDB of the cluster ' +
            '(port 10107), and not that of the root?',
          exitCodes.refused,
        );
      }
      const dryRun = options.dryRun === true;
      const how = { dryRun, force: options.force === true };
      const imported = await takeOver(context, old, how);
      show(context, imported, rendered);
      const left = leftBehind(imported);
      if (left > 0 && !dryRun) {
        throw new CommandFailure(`${left} stay behind, as told above.`, exitCodes.refused);
      }
    });
}

/** Nodes first: services are taken to run on them. */
async function takeOver({ client }: Context, old: OldCluster, how: Taking): Promise<Imported> {
  const { dryRun } = how;
  const nodes: ImportedNode[] = [];
  for (const node of madeUpFor(old)) nodes.push(await client.importNode(node, how));
  const there = new Set(
    nodes.flatMap(({ id, outcome }) => (outcome === 'stays-behind' ? [] : [id])),
  );
  const services: ImportedService[] = [];
  for (const job of old.jobs) {
    const service = await client.importService(job, how);
    services.push(
      dryRun ? { ...service, instances: service.instances.map(foreseen(there)) } : service,
    );
  }
  return { dryRun, nodes, services };
}

type ImportedInstance = ImportedService['instances'][number];

/** Asked about alone, a service does not know which nodes would have come over by then. */
function foreseen(there: ReadonlySet<string>) {
  return (instance: ImportedInstance): ImportedInstance => {
    const { nodeId, outcome } = instance;
    if (nodeId === null || there.has(nodeId) || outcome !== 'comes-over') return instance;
    const detail = `it would be placed anew: there is no node ${nodeId}, where it was`;
    return { ...instance, nodeId: null, detail };
  };
}

function leftBehind({ nodes, services }: Imported): number {
  const all = [...nodes, ...services.flatMap(({ instances }) => instances)];
  return all.filter(({ outcome }) => outcome === 'stays-behind').length;
}

const told = {
  'comes-over': 'comes over',
  'there-already': 'is there already',
  'stays-behind': 'stays behind',
} as const;

function rendered({ dryRun, nodes, services }: Imported): string {
  const instances = services.flatMap((service) => service.instances);
  const lines = nodes.map(({ id, name, outcome, detail }) =>
    sentence(`node ${id} (${name}) ${told[outcome]}`, detail),
  );
  for (const service of services) {
    lines.push(`service ${service.id} (${service.name})`);
    for (const warning of service.warnings) lines.push(`  note: ${warning}`);
    for (const { number, nodeId, outcome, detail } of service.instances) {
      const where = nodeId === null ? 'to be placed' : `on ${nodeId}`;
      lines.push(sentence(`  instance ${number} ${told[outcome]}, ${where}`, detail));
    }
  }
  const over = <T extends { readonly outcome: string }>(all: readonly T[]) =>
    all.filter(({ outcome }) => outcome === 'comes-over').length;
  const what = `${over(nodes)} of ${nodes.length} nodes and ${over(instances)} of ${instances.length} instances`;
  lines.push(dryRun ? `${what} would come over; nothing was written.` : `${what} came over.`);
  return lines.join('\n');
}

function sentence(what: string, detail: string | null): string {
  return detail === null ? what : `${what}: ${detail}`;
}
