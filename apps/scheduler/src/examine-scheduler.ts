import {
  badFinding,
  examineMachine,
  examinePort,
  servedAt,
  unseenFindings,
  type Finding,
} from '@oakring/host';
import { listenAddress } from '@oakring/http';
import { listenerOf, readSchedulerSettings } from './config/scheduler-settings.js';

const wants = { openFiles: 512, memoryBytes: 192 * 1_048_576 };

/** What a lone scheduler needs of its machine. `ours` says whether one answers where it is to listen. */
export async function examineScheduler(
  env: Readonly<Record<string, string | undefined>>,
  ours: (url: string) => Promise<boolean>,
): Promise<readonly Finding[]> {
  const looked = 'settings (environment and flags)';
  try {
    const settings = readSchedulerSettings(env);
    const address = await listenAddress(listenerOf(settings, settings));
    const { schedulerPort: port } = settings;
    const place = { name: 'scheduler', setting: 'OAKRING_SCHEDULER_PORT', address, port };
    const scheme = servedAt(address, settings) === null ? 'http' : 'https';
    const isOurs = () => ours(`${scheme}://127.0.0.1:${port}`);
    return [
      { part: 'settings', level: 'ok', looked, seen: 'all of them can be used' },
      await examinePort(place, async () => ((await isOurs()) ? 'a scheduler answers there' : null)),
      ...examineMachine(wants),
    ];
  } catch (error) {
    return [
      badFinding('settings', looked, error),
      ...unseenFindings('ports', 'health'),
      ...examineMachine(wants),
    ];
  }
}
