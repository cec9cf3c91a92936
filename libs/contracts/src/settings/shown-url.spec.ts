import { describe, expect, it } from '@jest/globals';
import { settingsCatalogue } from './catalogue.js';
import { readSettings } from './read-settings.js';
import { shownUrl, withoutCredentials } from './shown-url.js';

const { mqttUrl, managerUrl, schedulerUrl, advertiseUrl, url, store, systemManagerUrl } =
  settingsCatalogue;

/** The message of the refusal; empty when the setting is taken. */
function refusalOf(variable: string, value: string): string {
  const catalogue = {
    mqttUrl,
    managerUrl,
    schedulerUrl,
    advertiseUrl,
    url,
    store,
    systemManagerUrl,
  };
  try {
    readSettings(catalogue, { [variable]: value });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

describe('an address as it is shown', () => {
  it.each([
    ['mqtt://user:hunter2@h:1', 'mqtt://***@h:1'],
    ['mongodb://u:hunter2@a:1,b:2/x?replicaSet=rs', 'mongodb://***@a:1,b:2/x'],
    ['mongodb://u:hunt@er2@a/x', 'mongodb://***@a/x'],
    ['mongodb://u:hunt/er2@a/x', 'mongodb://***@a/x'],
    ['mongodb://a/x?proxyPassword=hunter2', 'mongodb://a/x'],
    ['http://h:1/', 'http://h:1/'],
    ['/a/folder', '/a/folder'],
  ])('has no secret: %s', (given, shown) => {
    expect(shownUrl(given)).toBe(shown);
  });

  it('has none inside a sentence either', () => {
    expect(withoutCredentials('at mqtt://u:p@h:1: refused')).toBe('at mqtt://***@h:1: refused');
    expect(withoutCredentials('a@b //c d://u@h@i, e')).toBe('a@b //c d://***@i, e');
  });
});

describe('a setting that is an address', () => {
  it.each([
    ['OAKRING_MQTT_URL', 'mqtt://u:hunter2@h:1', 'OAKRING_MQTT_PASSWORD'],
    ['OAKRING_MQTT_URL', 'mqtt://h:1?password=hunter2', 'a query'],
    ['OAKRING_ADVERTISE_URL', 'http://u:hunter2@h', 'OAKRING_TOKEN'],
    ['OAKRING_ADVERTISE_URL', 'http://h/?token=hunter2', 'a query'],
    ['OAKRING_MANAGER_URL', 'http://hunter2@h', 'OAKRING_TOKEN'],
    ['OAKRING_SCHEDULER_URL', 'https://u:hunter2@h', 'OAKRING_TOKEN'],
    ['OAKRING_URL', 'https://u:hunter2@h', 'OAKRING_TOKEN'],
    ['OAKRING_STORE', 'mongodb://u:hunt/er2@h/db', 'percent'],
    ['OAKRING_STORE', 'http://u:hunter2@h/db', 'mongodb://'],
    ['SYSTEM_MANAGER_URL', 'http://u:hunter2@h', 'user or password'],
  ])('%s takes no secret: %s', (variable, value, remedy) => {
    const refusal = refusalOf(variable, value);
    expect(refusal).toContain(variable);
    expect(refusal).toContain(remedy);
    expect(refusal).not.toMatch(/hunt|er2/);
  });

  it.each([
    ['OAKRING_MQTT_URL', 'mqtts://h:1'],
    ['OAKRING_STORE', 'mongodb://u:hunter2@h/db?replicaSet=rs'],
    ['SYSTEM_MANAGER_URL', 'root.example:10000'],
  ])('%s takes %s', (variable, value) => {
    expect(refusalOf(variable, value)).toBe('');
  });
});
