import { Option, type Command } from 'commander';
import type { Environment } from '../terminal.js';

/** What a flag needs to know of a setting of the contracts' catalogue. */
export interface NamedSetting {
  readonly variable: string;
  readonly description: string;
  readonly fallback: string;
}

const prefix = /^OAKRING_(WORKER_)?/;
/** Secrets stay out of flags, but for the global --token: a process list shows them to everyone. */
const secret = /(?:PASSWORD|TOKEN)$/;

/** Adds a flag for each setting: OAKRING_MQTT_URL is --mqtt-url, OAKRING_WORKER_ID is --id. */
export function addSettingFlags(command: Command, settings: readonly NamedSetting[]): void {
  for (const setting of settings) {
    if (!secret.test(setting.variable)) command.addOption(optionOf(setting));
  }
}

/** The environment with what was given as flags, the global --token included, put over it. */
export function environmentWithFlags(
  env: Environment,
  command: Command,
  settings: readonly NamedSetting[],
): Environment {
  const given = command.optsWithGlobals<Record<string, string | undefined>>();
  const merged: Record<string, string | undefined> = { ...env };
  for (const setting of settings) {
    const value = given[optionOf(setting).attributeName()];
    if (value !== undefined) merged[setting.variable] = value;
  }
  return merged;
}

/** The flag of a setting. One that is true or false may be given without a value. */
export function optionOf({ variable, description, fallback }: NamedSetting): Option {
  const name = `--${flagOf(variable)}`;
  const usual = fallback === '' || fallback === 'false' ? '' : ` (default: ${fallback})`;
  return fallback === 'false'
    ? new Option(`${name} [value]`, description).preset('true')
    : new Option(`${name} <value>`, `${description}${usual}`);
}

function flagOf(variable: string): string {
  return variable.replace(prefix, '').toLowerCase().replaceAll('_', '-');
}
