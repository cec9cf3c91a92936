import type { InstanceAnswer, JobAnswer, JobSummary, NodeAnswer } from '@oakring/contracts';
import type { Terminal } from '../terminal.js';
import { renderTable } from './table.js';

type Colors = Terminal['colors'];

const barWidth = 10;

export function renderNodes(nodes: readonly NodeAnswer[], colors: Colors): string {
  if (nodes.length === 0) {
    return 'No nodes yet. Start a worker: oakring worker --runtimes process';
  }
  return renderTable(
    ['NODE', 'STATUS', 'CPU RESERVED', 'MEMORY RESERVED', 'USED', 'INSTANCES', 'LAST SEEN'],
    nodes.map((node) => [
      node.id,
      colorStatus(node.status, colors),
      `${bar(node.reserved.cpuMillis, node.capacity.cpuMillis)} ${node.reserved.cpuMillis}/${node.capacity.cpuMillis}m`,
      `${bar(node.reserved.memoryMiB, node.capacity.memoryMiB)} ${node.reserved.memoryMiB}/${node.capacity.memoryMiB}Mi`,
      node.used === null ? '-' : `${node.used.cpu}% ${node.used.memory}%`,
      String(node.instances),
      node.lastSeen ?? '-',
    ]),
  );
}

export function renderNode(node: NodeAnswer, colors: Colors): string {
  const labels = Object.entries(node.labels).map(([key, value]) => `${key}=${value}`);
  return renderTable(
    ['NODE', node.id],
    [
      ['status', `${colorStatus(node.status, colors)} since ${node.since}: ${node.reason}`],
      ['address', `${node.name} ${node.ip}:${node.port}`],
      ['incarnation', String(node.incarnation)],
      [
        'capacity',
        `${node.capacity.cpuMillis}m, ${node.capacity.memoryMiB}Mi${node.assumed ? ' (assumed)' : ''}`,
      ],
      ['reserved', `${node.reserved.cpuMillis}m, ${node.reserved.memoryMiB}Mi`],
      ['used', node.used === null ? '-' : `${node.used.cpu}% CPU, ${node.used.memory}% memory`],
      ['instances', String(node.instances)],
      ['technologies', node.technologies.join(', ')],
      ['architecture', node.architecture ?? '-'],
      ['labels', labels.length === 0 ? '-' : labels.join(', ')],
      ['acknowledges', node.acknowledges ? 'yes' : 'no'],
      ['last seen', node.lastSeen ?? '-'],
      ['position', String(node.position)],
    ],
  );
}

export function renderJobs(jobs: readonly JobSummary[], colors: Colors): string {
  if (jobs.length === 0)
    return 'No jobs yet. Run one: oakring job run <image> --technology process';
  return renderTable(
    ['JOB', 'NAME', 'IMAGE', 'TECHNOLOGY', 'STATUS', 'DESIRED', 'INSTANCES'],
    jobs.map((job) => [
      job.id,
      job.name,
      job.image,
      job.technology,
      colorStatus(job.status, colors),
      String(job.desired),
      Object.entries(job.counts)
        .map(([status, count]) => `${count} ${colorStatus(status, colors)}`)
        .join(', '),
    ]),
  );
}

export function renderJob(job: JobAnswer, colors: Colors): string {
  const head = `${colors.bold(job.id)}  ${job.name}  ${job.image}  ${job.technology}  ${colorStatus(job.status, colors)}  desired ${job.desired}  position ${job.position}`;
  return `${head}\n${renderInstances(job.instances, colors)}`;
}

function renderInstances(instances: readonly InstanceAnswer[], colors: Colors): string {
  if (instances.length === 0) return 'No instances.';
  return renderTable(
    ['#', 'STATUS', 'NODE', 'GENERATION', 'CONFIRMED', 'DECISION', 'WHY'],
    instances.map((instance) => [
      String(instance.number),
      colorStatus(instance.status, colors),
      instance.movingTo === undefined
        ? (instance.nodeId ?? '-')
        : `${instance.nodeId ?? '-'} → ${instance.movingTo.nodeId}`,
      String(instance.generation),
      instance.confirmed ? 'yes' : 'no',
      instance.decision ?? '-',
      instance.reason ?? '-',
    ]),
  );
}

export function colorStatus(status: string, colors: Colors): string {
  switch (status) {
    case 'ready':
    case 'running':
    case 'completed':
    case 'active':
      return colors.green(status);
    case 'failed':
    case 'lost':
    case 'disconnected':
      return colors.red(status);
    default:
      return colors.yellow(status);
  }
}

/** A share as ten blocks; an empty one for a capacity of nothing. */
export function bar(part: number, whole: number): string {
  const filled = whole <= 0 ? 0 : Math.min(barWidth, Math.ceil((part * barWidth) / whole));
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled);
}
