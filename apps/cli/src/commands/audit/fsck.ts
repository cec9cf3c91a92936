import { canonicalJson, isJsonObject, type JsonObject } from '@oakring/events';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import { demandManager } from './held.js';
import { soundCommitsOf, storeOf } from './store.js';
import { clearProgress, tellProgress } from './verify.js';

export function addFsckCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('fsck')
    .description('rebuild every view from the ledger and compare it with the running manager’s')
    .option('--store <store>', 'a folder or mongodb://… [OAKRING_STORE]')
    .action(async ({ store }: { store?: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      await fsck(context, storeOf(surroundings.env, store));
      await demandManager(context, surroundings);
    });
}

interface Difference {
  readonly record: string;
  readonly field: string;
  readonly running: unknown;
  readonly rebuilt: unknown;
}

async function fsck(context: Context, store: string): Promise<void> {
  const { terminal, json } = context;
  const running = await runningViews(context);
  const rebuilt = await rebuiltViews(context, store, running.position);
  const differences = [...differencesOf(running.records, rebuilt)];
  if (json) {
    terminal.out(JSON.stringify({ position: running.position, differences }, null, 2));
  } else if (differences.length === 0) {
    const count = running.records.size;
    terminal.out(
      `whole: ${count} records at position ${running.position} are what the ledger makes`,
    );
  } else {
    for (const difference of differences) terminal.out(lineOf(difference, context));
  }
  if (differences.length === 0) return;
  const detail = `${differences.length} differences at position ${running.position}.`;
  throw new CommandFailure(detail, exitCodes.refused);
}

async function runningViews({ client, terminal }: Context) {
  const records = new Map<string, JsonObject>();
  let position = 0;
  for await (const line of await client.views(terminal.closed)) {
    const parsed: unknown = JSON.parse(line);
    if (isJsonObject(parsed)) position = Number(parsed['position']);
    if (!Array.isArray(parsed)) continue;
    const [view, key, record]: unknown[] = parsed;
    if (isJsonObject(record)) records.set(`${String(view)}/${String(key)}`, record);
  }
  return { position, records };
}

async function rebuiltViews(
  { terminal, ports }: Context,
  store: string,
  position: number,
): Promise<ReadonlyMap<string, JsonObject>> {
  // Loaded here: no other command of an auditor needs the manager.
  const { rebuildViews } = await import('@oakring/model');
  const views = rebuildViews();
  for await (const commit of soundCommitsOf(store, ports)) {
    views.fold(commit);
    tellProgress(terminal, views.position);
    if (views.position === position) break;
  }
  clearProgress(terminal);
  if (views.position === position) return views.records();
  const detail = `The manager is at position ${position}, ${store} ends at ${views.position}.`;
  throw new CommandFailure(`${detail} Is it the manager's store?`, exitCodes.refused);
}

function* differencesOf(
  running: ReadonlyMap<string, JsonObject>,
  rebuilt: ReadonlyMap<string, JsonObject>,
): Generator<Difference> {
  for (const record of [...new Set([...running.keys(), ...rebuilt.keys()])].sort()) {
    const here = running.get(record);
    const there = rebuilt.get(record);
    if (here === undefined || there === undefined) {
      yield { record, field: '', running: here ?? null, rebuilt: there ?? null };
      continue;
    }
    for (const field of new Set([...Object.keys(here), ...Object.keys(there)])) {
      const values = { running: here[field] ?? null, rebuilt: there[field] ?? null };
      if (canonicalJson(values.running) === canonicalJson(values.rebuilt)) continue;
      yield { record, field, ...values };
    }
  }
}

function lineOf({ record, field, running, rebuilt }: Difference, { terminal }: Context): string {
  const { colors } = terminal;
  const name = field === '' ? record : `${record} ${field}`;
  const [is, should] = [JSON.stringify(running), JSON.stringify(rebuilt)];
  return `${name}: ${colors.red(is)}, the ledger makes ${colors.green(should)}`;
}
