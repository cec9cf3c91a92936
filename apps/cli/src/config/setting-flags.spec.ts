import { Command } from 'commander';
import { describe, expect, it } from '@jest/globals';
import { settingsCatalogue } from '@oakring/contracts';
import { addSettingFlags, environmentWithFlags } from './setting-flags.js';

const settings = Object.values(settingsCatalogue);

function environmentOf(argv: readonly string[], env: Record<string, string> = {}) {
  const program = new Command('oakring').option('--token <token>').exitOverride();
  const up = program.command('up').action(() => {});
  addSettingFlags(up, settings);
  program.parse(argv, { from: 'user' });
  return environmentWithFlags(env, up, settings);
}

describe('flags of settings', () => {
  it('have the names of the variables without the prefix', () => {
    expect(environmentOf(['up', '--mqtt-url', 'mqtt://x', '--cluster-name', 'north'])).toEqual({
      OAKRING_MQTT_URL: 'mqtt://x',
      CLUSTER_NAME: 'north',
    });
  });

  it('go over the environment and leave the rest of it', () => {
    const env = { OAKRING_PORT: '1', OAKRING_DATA: 'there', HOME: '/root' };
    expect(environmentOf(['up', '--port', '2'], env)).toEqual({ ...env, OAKRING_PORT: '2' });
  });

  it.each([
    [['up', '--allow-open'], 'true'],
    [['up', '--allow-open', 'false'], 'false'],
  ])('that are true or false need no value: %j', (argv, value) => {
    expect(environmentOf(argv)).toEqual({ OAKRING_ALLOW_OPEN: value });
  });

  it('take the token from the global option, and offer no flag for passwords', () => {
    expect(environmentOf(['up', '--token', 't'])).toEqual({ OAKRING_TOKEN: 't' });
    const names = new Command().name('x');
    addSettingFlags(names, settings);
    expect(names.options.map(({ long }) => long)).not.toContain('--mqtt-password');
  });
});
