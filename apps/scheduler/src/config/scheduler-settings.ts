import {
  isLoopback,
  OakringError,
  readSettings,
  settingsCatalogue,
  type Settings,
} from '@oakring/contracts';

const { host, schedulerPort, managerUrl, token, allowOpen } = settingsCatalogue;
const catalogue = { host, schedulerPort, managerUrl, token, allowOpen };

export type SchedulerSettings = Settings<typeof catalogue> & { readonly managerUrl: string };

const managerHere = 'http://127.0.0.1:10100';

/** Settings of a lone scheduler. Throws `settings-invalid` listing every bad variable. */
export function readSchedulerSettings(
  env: Readonly<Record<string, string | undefined>>,
): SchedulerSettings {
  const settings = readSettings(catalogue, env);
  if (!isLoopback(settings.host) && settings.token === null && !settings.allowOpen) {
    throw new OakringError({
      code: 'settings-invalid',
      detail:
        `OAKRING_HOST=${settings.host} is reachable from other machines, but OAKRING_TOKEN is ` +
        `not set. Set it, or OAKRING_ALLOW_OPEN=true.`,
      field: 'OAKRING_HOST',
      value: settings.host,
    });
  }
  return { ...settings, managerUrl: settings.managerUrl ?? managerHere };
}
