import { OakringError, systemCodeOf } from '@oakring/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManagerSettings } from '../config/manager-settings.js';
import type { BrokerTls } from './mqtt-client.js';

type TlsSettings = Pick<ManagerSettings, 'mqttCert' | 'mqttKeyPassword' | 'mqttUrl'>;

/** What MQTT_CERT holds, for a broker elsewhere. Throws `settings-invalid` that names what is wrong. */
export function brokerTls(settings: TlsSettings): { readonly tls?: BrokerTls } {
  const { mqttCert: folder, mqttKeyPassword: passphrase, mqttUrl } = settings;
  if (folder === '') return {};
  if (mqttUrl === null || new URL(mqttUrl).protocol !== 'mqtts:') {
    const what =
      mqttUrl === null ? 'no broker elsewhere is named' : 'the broker is not at mqtts://';
    throw invalid(
      `MQTT_CERT=${folder} has no effect: ${what} (OAKRING_MQTT_URL, MQTT_BROKER_URL).`,
    );
  }
  const [ca, cert, key] = [
    fileIn(folder, 'ca.crt'),
    fileIn(folder, 'cluster.crt'),
    fileIn(folder, 'cluster.key'),
  ];
  return { tls: { ca, cert, key, ...(passphrase === null ? {} : { passphrase }) } };
}

function fileIn(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (error) {
    throw invalid(`MQTT_CERT=${folder}: ${name} cannot be read (${systemCodeOf(error)}).`);
  }
}

function invalid(detail: string): OakringError {
  return new OakringError({ code: 'settings-invalid', detail, field: 'MQTT_CERT' });
}
