import type { NodeTelemetry, TelemetryPoint } from '../client/documents.js';
import type { Command } from 'commander';
import type { Colors } from '../terminal.js';
import { contextOf, show, type Surroundings } from './context.js';
import { momentFor, momentHelp } from './moments.js';
import { onNode } from './selection.js';

interface TelemetryOptions {
  readonly from?: string;
  readonly to?: string;
}

/** Steps of a bar, from empty to full. */
const bars = ' ▁▂▃▄▅▆▇█';
const columns = 60;

export function addNodeTelemetry(node: Command, surroundings: Surroundings): void {
  node
    .command('telemetry <node>')
    .description('what a node used, as a chart: the last hour')
    .option('--from <moment>', momentHelp)
    .option('--to <moment>', 'the same')
    .addHelpText('after', '\nExample:\n  oakring node telemetry edge-berlin --from 15m')
    .action(async (id: string, options: TelemetryOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client, ports } = context;
      const { from, to } = options;
      const range = {
        ...(from === undefined ? {} : { from: momentFor(from, ports.clock) }),
        ...(to === undefined ? {} : { to: momentFor(to, ports.clock) }),
      };
      const { answer } = await onNode(client, id, 'look', (node) => client.telemetry(node, range));
      show(context, answer, (shown) => renderTelemetry(shown, context.terminal.colors));
    });
}

function renderTelemetry(telemetry: NodeTelemetry, colors: Colors): string {
  const { nodeId, from, to, points, readingsShed } = telemetry;
  if (points.length === 0) return `No readings of ${nodeId} from ${from} to ${to}.`;
  const shed = readingsShed === 0 ? [] : [colors.yellow(`${readingsShed} readings were shed`)];
  return [
    `${colors.bold(nodeId)} ${colors.dim(`${from} to ${to}`)}`,
    ...(['cpu', 'memory'] as const).map((measure) => chartOf(telemetry, measure, colors)),
    ...shed,
  ].join('\n');
}

function chartOf(telemetry: NodeTelemetry, measure: 'cpu' | 'memory', colors: Colors): string {
  const { points } = telemetry;
  const from = Date.parse(telemetry.from);
  const lengthMs = Date.parse(telemetry.to) - from + 1;
  const gathered = Array.from({ length: columns }, (): TelemetryPoint[] => []);
  for (const point of points) {
    const column = Math.floor(((Date.parse(point.at) - from) / lengthMs) * columns);
    gathered[Math.max(0, Math.min(columns - 1, column))]?.push(point);
  }
  const bar = gathered.map((inside) => barOf(inside.map((point) => point[measure].max))).join('');
  const most = Math.max(...points.map((point) => point[measure].max));
  const last = points.at(-1)?.[measure].avg ?? 0;
  const facts = colors.dim(`now ${Math.round(last)}%, most ${Math.round(most)}%`);
  return `${measure.padEnd(7)}${colors.cyan(bar)} ${facts}`;
}

/** Nothing where nothing was read. */
function barOf(percents: readonly number[]): string {
  if (percents.length === 0) return ' ';
  const step = Math.ceil((Math.max(...percents) / 100) * (bars.length - 1));
  return bars[Math.max(1, Math.min(bars.length - 1, step))] ?? ' ';
}
