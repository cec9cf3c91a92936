import { OakringError, readSettings, settingsCatalogue, type Settings } from '@oakring/contracts';
import { localToken, refuseOpenListener, type Listener, type TlsSettings } from '@oakring/host';
import { isIP } from 'node:net';

const { host, schedulerPort, managerUrl, managerToken, schedulerToken, token } = settingsCatalogue;
const { allowedHosts, allowOpen, logForm, logLevel } = settingsCatalogue;
const { data, tls, tlsCert, tlsKey, tlsCa } = settingsCatalogue;
const catalogue = {
  ...{ host, schedulerPort, managerUrl, managerToken, schedulerToken, token },
  ...{ allowedHosts, allowOpen, logForm, logLevel },
  ...{ data, tls, tlsCert, tlsKey, tlsCa },
};

export type SchedulerSettings = Settings<typeof catalogue> & { readonly managerUrl: string };
interface Guarded {
  readonly token: string | null;
  readonly schedulerToken?: string | null;
}
type Listening = Guarded & Pick<SchedulerSettings, 'host' | 'allowOpen'>;

const managerHere = 'http://127.0.0.1:10100';

/**
 * Settings of a lone scheduler, with the token that a manager of this machine made for it where they name none. Throws
 * `settings-invalid` listing every bad variable, or where nothing keeps strangers out.
 */
export function readSchedulerSettings(
  env: Readonly<Record<string, string | undefined>>,
): SchedulerSettings {
  const settings = readSettings(catalogue, env);
  const managerUrl = settings.managerUrl ?? managerHere;
  const known = { ...settings, ...tokensOf(settings, env, managerUrl), managerUrl };
  // What a name leads to is judged when it is bound.
  if (isIP(known.host) !== 0) refuseOpenListener(known.host, listenerOf(known, known));
  return known;
}

/** What it shows to the manager, and what requests to it carry. */
function tokensOf(
  settings: Settings<typeof catalogue>,
  env: Readonly<Record<string, string | undefined>>,
  managerUrl: string,
): Pick<SchedulerSettings, 'managerToken' | 'schedulerToken'> {
  const { allowOpen, token } = settings;
  const made = allowOpen || token !== null ? null : localToken(env, managerUrl, 'scheduler');
  const tokens = {
    managerToken: settings.managerToken ?? made,
    schedulerToken: settings.schedulerToken ?? made,
  };
  if (allowOpen || guardOf({ ...tokens, token }) !== null) return tokens;
  throw new OakringError({
    code: 'settings-invalid',
    detail:
      `Neither OAKRING_TOKEN nor OAKRING_SCHEDULER_TOKEN is set, and no manager at ${managerUrl} keeps a token for ` +
      `it on this machine that this user may read (OAKRING_DATA: the folder of its data). Name one, start the ` +
      `manager first, or set OAKRING_ALLOW_OPEN=true.`,
    field: 'OAKRING_SCHEDULER_TOKEN',
  });
}

/** The listener of a scheduler, and what keeps strangers out of it. */
export function listenerOf(settings: Listening, tls: TlsSettings): Listener {
  const missing = guardOf(settings) === null ? ['OAKRING_TOKEN'] : [];
  return { host: settings.host, missing, allowOpen: settings.allowOpen, tls };
}

/** What requests to a scheduler carry; null: nothing is asked for. */
export function guardOf({ schedulerToken = null, token }: Guarded): string | null {
  return schedulerToken ?? token;
}
