import { isLoopbackAddress, newToken } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { Identities } from '../access/identities.js';
import { shownToScheduler, type ManagerSettings } from '../config/manager-settings.js';
import type { Kept } from './open-kept.js';

type Told = Pick<ManagerSettings, 'allowOpen' | 'isOpen' | 'mqttUrl' | 'mqttUsername'>;

interface Line {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

/** Who may come in, and with what. */
export interface ManagerAccess {
  readonly identities: Identities;
  /** Where the credentials of this machine are; null: there are none of ours. */
  readonly credentialsFolder: string | null;
  /** Of a scheduler in this process: what it shows to us, and what requests to it carry; null: nothing. */
  readonly inner: {
    readonly managerToken: string | null;
    readonly schedulerToken: string | null;
  };
}

/** Says who may come in, and lets nobody else. */
export function openAccess(
  settings: ManagerSettings,
  kept: Pick<Kept, 'own' | 'stores' | 'projection'>,
  { clock }: Pick<Ports, 'clock'>,
  say: (level: Line['level'], text: string) => void,
): ManagerAccess {
  const { own, projection } = kept;
  for (const { level, text } of accessLines(settings, kept)) say(level, text);
  const managerToken = own === null ? null : newToken();
  return {
    identities: new Identities({ ...settings, inner: managerToken, own }, projection, clock),
    credentialsFolder: own?.folder ?? null,
    inner: {
      managerToken,
      schedulerToken: shownToScheduler(settings) ?? own?.scheduler.token ?? null,
    },
  };
}

/** What a start says of who may ask what of this manager, and of the broker in its process. */
function accessLines(
  settings: Told & Pick<ManagerSettings, 'host' | 'token' | 'speaksOakestra' | 'oakestraHosts'>,
  { own, stores: { recovered } }: Pick<Kept, 'own' | 'stores'>,
): readonly Line[] {
  const { head, tokens } = recovered.state;
  const lines: Line[] = [];
  const open = whatIsOpen(settings);
  if (open !== null) {
    const level = isLoopbackAddress(settings.host) ? 'info' : 'warn';
    lines.push({ level, text: `OAKRING_ALLOW_OPEN=true: ${open}` });
  }
  if (settings.speaksOakestra && settings.oakestraHosts.length === 0 && open === null) {
    const text =
      "Oakestra's workers and root show no credential: whoever is on this machine may speak as they do. " +
      'OAKRING_OAKESTRA_HOSTS names where they are.';
    lines.push({ level: 'info', text });
  }
  const shared = whatIsShared(settings);
  if (shared !== null) lines.push({ level: 'info', text: shared });
  if (own?.isNew !== true) return lines;
  // Tokens of a restored ledger are known, and hold no more.
  if (settings.token === null && head.position > 0 && tokens.size === 0) {
    const text =
      'Until now nobody was asked for a credential here. From now on everybody is: workers of other machines or users ' +
      'join by a token (oakring token create --role join), whoever else asks shows one. OAKRING_ALLOW_OPEN=true takes ' +
      'that back, and says at each start what it costs.';
    lines.push({ level: 'warn', text });
  }
  const text =
    `The credentials of this machine are in ${own.folder}, for this user alone: commands, a worker and a scheduler ` +
    'find them there.';
  return [...lines, { level: 'info', text }];
}

/** What those can do who have what devices share at the broker in this process; null: nothing is shared. */
export function whatIsShared({ mqttUrl, mqttUsername }: Pick<Told, 'mqttUrl' | 'mqttUsername'>) {
  if (mqttUrl !== null || mqttUsername === null) return null;
  return 'Whoever has OAKRING_MQTT_PASSWORD may speak at the broker for any node that never joined.';
}

/** What OAKRING_ALLOW_OPEN costs; null: nothing, or it is not set. */
export function whatIsOpen({ allowOpen, isOpen, mqttUrl, mqttUsername }: Told): string | null {
  if (!allowOpen) return null;
  const costs: string[] = [];
  if (isOpen) costs.push('whoever reaches this manager may read, order and change everything');
  if (mqttUrl === null && mqttUsername === null) {
    costs.push('whoever reaches its broker may speak for any node that never joined');
  }
  if (costs.length === 0) return null;
  return `${costs.join(', and ')}. Nobody is asked who they are; without it everybody is.`;
}
