import { isObject, type LogLine } from '@oakring/contracts';
import { ceilingMs, type Ports } from '@oakring/ports';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { ManagerError } from './manager-error.js';
import type { LogsQuery, ManagerClient } from './manager-client.js';

/** Until an instance is asked for again that has ended, or that nobody can say anything of. */
const pause = { firstMs: 250, mostMs: 5_000 };

export interface Asked {
  readonly id: string;
  readonly number: number;
}

interface Following {
  readonly ports: Ports;
  readonly signal: AbortSignal;
  /** It is waited for: said once each time, with why. */
  readonly onWait: (reason: string) => void;
}

/** What an instance printed, as it is kept now. */
export async function* keptLogs(
  client: ManagerClient,
  asked: Asked,
  query: LogsQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  for await (const line of await client.logs(asked, query, signal)) {
    const said = lineIn(line);
    if (said.end === undefined) yield said;
    else if (said.end.code !== null) throw brokenOff(said.end.detail);
  }
}

/**
 * What an instance prints, over its generations and over leaders: it goes on behind the last line that was
 * had. Ends when the instance prints nothing more, ever.
 */
export async function* followedLogs(
  client: ManagerClient,
  asked: Asked,
  query: LogsQuery,
  { ports, signal, onWait }: Following,
): AsyncGenerator<LogLine> {
  let cursor: string | null = null;
  let failures = 0;
  let wasConnected = false;
  let said: string | null = null;
  const wait = (reason: string): void => {
    if (said !== reason) onWait(reason);
    said = reason;
  };
  while (!signal.aborted) {
    try {
      const from = cursor === null ? query : { after: cursor };
      const lines = await client.logs(asked, { ...from, follow: true }, signal);
      wasConnected = true;
      for await (const line of lines) {
        const { end, ...printed } = lineIn(line);
        if (end === undefined) {
          cursor = printed.cursor ?? cursor;
          failures = 0;
          said = null;
          yield printed;
        } else if (end.code !== null) wait(end.detail);
      }
      if (signal.aborted || (await isOver(client, asked))) return;
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error, wasConnected)) throw error;
      wait(error instanceof Error ? error.message : String(error));
    }
    failures += 1;
    await ports.timers.sleep(ceilingMs(failures, pause), signal);
  }
}

/** No generation of it follows any more. */
async function isOver(client: ManagerClient, { id, number }: Asked): Promise<boolean> {
  const { status, instances } = await client.job(id);
  const instance = instances.find((each) => each.number === number);
  if (instance === undefined || status === 'deleting') return true;
  return instance.status === 'completed' || instance.givenUp === true;
}

const passing: ReadonlySet<string> = new Set([
  ...['instance-nowhere', 'nothing-printed', 'node-away', 'worker-silent', 'stream-broken'],
]);

/** An address where nothing ever answered is a mistake. */
function isPassing(error: unknown, wasConnected: boolean): boolean {
  if (!(error instanceof ManagerError)) return false;
  const { kind, problem } = error;
  if (kind === 'unreachable') return wasConnected;
  return problem?.status === 503 || passing.has(problem?.code ?? '');
}

function lineIn(text: string): LogLine {
  const nothing = { at: null, generation: null, text: null, cursor: null };
  const value: unknown = JSON.parse(text);
  // What a manager of ours says has this form.
  return isObject(value) ? ({ ...nothing, ...value } as LogLine) : nothing;
}

function brokenOff(detail: string): CommandFailure {
  return new CommandFailure(`Not all of it could be had: ${detail}`, exitCodes.refused);
}
