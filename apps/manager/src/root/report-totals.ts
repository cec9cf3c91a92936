import { noResources, type GpuUse, type Resources } from '@oakring/contracts';
import type { ClusterState, NodeRecord } from '@oakring/model';

/** What is measured of nodes. */
export interface Load {
  latest(nodeId: string): { readonly cpu: number; readonly memory: number } | null;
  foreignOf(nodeId: string): Resources;
  /** Null: it has no graphics cards, or does not say what they do. */
  gpusOf(nodeId: string): GpuUse | null;
}

/** What all workers together have and use, as a root reads it. */
export interface Totals {
  readonly cpu_percent: number;
  readonly memory_percent: number;
  readonly vcpus: number;
  /** MB that can be given away. */
  readonly memory: number;
  readonly gpu_percent: number;
  readonly gpu_temp: number;
  readonly vgpus: number;
  readonly vram: number;
  readonly vram_percent: number;
  readonly active_nodes: number;
  readonly virtualization: readonly string[];
  readonly supported_addons: readonly string[];
  readonly csi_drivers: readonly string[];
  readonly gpu_drivers: readonly string[];
}

const millisPerCore = 1_000;

/** Of the workers that are alive, and of those of each architecture. */
export function clusterTotals(state: ClusterState, load: Load) {
  const alive = [...state.nodes.values()].filter(({ status }) => status === 'ready');
  const byArchitecture = new Map<string, NodeRecord[]>();
  for (const node of alive) {
    if (node.architecture === null) continue;
    const group = byArchitecture.get(node.architecture);
    if (group === undefined) byArchitecture.set(node.architecture, [node]);
    else group.push(node);
  }
  const groups = [...byArchitecture].map(([name, nodes]) => [name, totalsOf(nodes, load)] as const);
  return {
    ...totalsOf(alive, load),
    aggregation_per_architecture: Object.fromEntries(groups),
  };
}

function totalsOf(nodes: readonly NodeRecord[], load: Load): Totals {
  let cpuMillis = 0;
  let memory = 0;
  let vgpus = 0;
  const readings = nodes.flatMap(({ id }) => load.latest(id) ?? []);
  for (const { id, capacity, reserved } of nodes) {
    const { memoryMiB: foreign } = load.foreignOf(id) ?? noResources;
    cpuMillis += capacity.cpuMillis;
    memory += Math.max(0, capacity.memoryMiB - reserved.memoryMiB - foreign);
    vgpus += capacity.gpus ?? 0;
  }
  const free = { vcpus: Math.floor(cpuMillis / millisPerCore), memory: Math.floor(memory), vgpus };
  return {
    cpu_percent: averageOf(readings.map(({ cpu }) => cpu)),
    memory_percent: averageOf(readings.map((reading) => reading.memory)),
    ...free,
    ...gpuTotals(nodes.flatMap(({ id }) => load.gpusOf(id) ?? [])),
    active_nodes: nodes.length,
    virtualization: eachOnce(nodes.flatMap(({ technologies }) => technologies)),
    supported_addons: eachOnce(nodes.flatMap(({ addons }) => addons)),
    csi_drivers: eachOnce(nodes.flatMap(({ drivers }) => drivers)),
    gpu_drivers: eachOnce(nodes.flatMap(({ gpuDrivers }) => gpuDrivers)),
  };
}

function gpuTotals(gpus: readonly GpuUse[]) {
  let vram = 0;
  for (const each of gpus) vram += each.vram ?? 0;
  return {
    // A root cuts what is no whole number.
    gpu_percent: Math.round(averageOf(gpus.flatMap(({ percent }) => percent ?? []))),
    gpu_temp: averageOf(gpus.flatMap(({ temperature }) => temperature ?? [])),
    vram,
    vram_percent: averageOf(gpus.flatMap(({ vramPercent }) => vramPercent ?? [])),
  };
}

/** Nothing measured yet counts as idle: a root takes no null. */
function averageOf(figures: readonly number[]): number {
  if (figures.length === 0) return 0;
  let sum = 0;
  for (const figure of figures) sum += figure;
  return Math.round((100 * sum) / figures.length) / 100;
}

function eachOnce(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
