import { existsSync } from 'node:fs';
import { systemPorts } from '@oakring/ports';
import { ProcessRuntime } from '../process.runtime.js';

/** Ends what runs by the records of a folder, which no worker has any more. */
export async function endInstancesOf(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const runtime = new ProcessRuntime(systemPorts(), { folder });
  await Promise.all((await runtime.existing()).map((found) => runtime.stop(found, 0)));
}
