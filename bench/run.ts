// `npm run bench [telemetry|jobs|oakestra …]`: prints its figures with the machine's.
import Table from 'cli-table3';
import { machine } from './machine.js';
import type { Figures } from './figures.js';

const benches: Readonly<Record<string, () => Promise<Figures>>> = {
  telemetry: async () => (await import('./telemetry.js')).benchTelemetry(),
  jobs: async () => (await import('./jobs.js')).benchJobs(),
  ledger: async () => (await import('./ledger.js')).benchLedger(),
  survival: async () => (await import('./survival.js')).benchSurvival(),
  access: async () => (await import('./access.js')).benchAccess(),
  revocation: async () => (await import('./revocation.js')).benchRevocation(),
  metrics: async () => (await import('./metrics.js')).benchMetrics(),
  waiting: async () => (await import('./waiting.js')).benchWaiting(),
  'oakestra-intake': async () => (await import('./oakestra-intake.js')).benchOakestraIntake(),
  'oakestra-orders': async () => (await import('./oakestra-orders.js')).benchOakestraOrders(),
  'oakestra-loss': async () => (await import('./oakestra-loss.js')).benchOakestraLoss(),
  'oakestra-told': async () => (await import('./oakestra-told.js')).benchOakestraTold(),
  'oakestra-long': async () => (await import('./oakestra-long.js')).benchOakestraLong(),
  'oakestra-report': async () => (await import('./oakestra-report.js')).benchOakestraReport(),
  'oakestra-trouble': async () => (await import('./oakestra-trouble.js')).benchOakestraTrouble(),
  start: async () => (await import('./start.js')).benchStart(),
  idle: async () => (await import('./idle.js')).benchIdle(),
  worker: async () => (await import('./worker.js')).benchWorker(),
  sizing: async () => (await import('./sizing.js')).benchSizing(),
};

const args = process.argv.slice(2);
const json = args.includes('--json');
const asked = args.filter((arg) => !arg.startsWith('--'));
/** `oakestra` is all that begin with it. */
const isAsked = (name: string, by: string): boolean => name === by || name.startsWith(`${by}-`);
const unknown = asked.filter((by) => !Object.keys(benches).some((name) => isAsked(name, by)));
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`,
  );
  process.exit(2);
}

const figures: Record<string, Figures> = {};
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.some((by) => isAsked(name, by))) continue;
  if (!json) console.error(`${name} …`);
  figures[name] = await bench();
}
if (json) {
  console.log(JSON.stringify({ machine: machine(), ...figures }, null, 2));
} else {
  console.log(machine());
  for (const [name, rows] of Object.entries(figures)) {
    const table = new Table({ head: [name, ''], style: { head: [], border: [] } });
    for (const row of Object.entries(rows)) table.push(row);
    console.log(table.toString());
  }
}
process.exit(0);
