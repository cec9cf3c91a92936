import type { LogLineSaid } from '@oakring/contracts';
import {
  NothingPrinted,
  type InstanceAddress,
  type LogsWanted,
  type PrintedLine,
  type Runtime,
} from '../runtimes/runtime.port.js';
import { StreamFailure } from './stream-failure.js';
import type { WorkerStream } from './worker-stream.js';

/** Says what an instance printed: a line of JSON for each line. */
export async function sayLogs(
  stream: WorkerStream,
  runtime: Runtime,
  address: InstanceAddress,
  wanted: LogsWanted,
): Promise<void> {
  let isOpened = false;
  const opened = (): void => {
    if (!isOpened) stream.opened();
    isOpened = true;
  };
  try {
    // What is followed may have nothing to say for hours.
    if (wanted.follow) opened();
    for await (const batch of runtime.logs(address, wanted, stream.signal)) {
      opened();
      await stream.write('out', Buffer.from(batch.map(lineOf).join('')));
    }
    opened();
  } catch (error) {
    if (!(error instanceof NothingPrinted)) throw error;
    throw new StreamFailure('nothing-printed', error.message);
  }
}

function lineOf({ generation, atMs, text, isOpen, mark }: PrintedLine): string {
  const at = atMs === null ? null : new Date(atMs).toISOString();
  const said: LogLineSaid = {
    ...{ at, generation, text: text.toWellFormed(), mark },
    ...(isOpen ? { isOpen } : {}),
  };
  return `${JSON.stringify(said)}\n`;
}
