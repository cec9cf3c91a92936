import { readSettings, settingsCatalogue, type Settings } from '@oakring/contracts';
import { refuseOpenListener } from '@oakring/host';
import { isIP } from 'node:net';

const { host, schedulerPort, managerUrl, managerToken, schedulerToken, token } = settingsCatalogue;
const { allowedHosts, allowOpen, logForm, logLevel } = settingsCatalogue;
const catalogue = {
  ...{ host, schedulerPort, managerUrl, managerToken, schedulerToken, token },
  ...{ allowedHosts, allowOpen, logForm, logLevel },
};

export type SchedulerSettings = Settings<typeof catalogue> & { readonly managerUrl: string };
interface Guarded {
  readonly token: string | null;
  readonly schedulerToken?: string | null;
}

const managerHere = 'http://127.0.0.1:10100';

/** Settings of a lone scheduler. Throws `settings-invalid` listing every bad variable. */
export function readSchedulerSettings(
  env: Readonly<Record<string, string | undefined>>,
): SchedulerSettings {
  const settings = readSettings(catalogue, env);
  // What a name leads to is judged when it is bound.
  if (isIP(settings.host) !== 0) refuseOpenListener(settings.host, listenerOf(settings));
  return { ...settings, managerUrl: settings.managerUrl ?? managerHere };
}

/** The listener of a scheduler, and what keeps strangers out of it. */
export function listenerOf(settings: Guarded & Pick<SchedulerSettings, 'host' | 'allowOpen'>) {
  const missing = guardOf(settings) === null ? ['OAKRING_TOKEN'] : [];
  return { host: settings.host, missing, allowOpen: settings.allowOpen };
}

/** What requests to a scheduler carry; null: nothing is asked for. */
export function guardOf({ schedulerToken = null, token }: Guarded): string | null {
  return schedulerToken ?? token;
}
