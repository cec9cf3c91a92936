import { OakringError, systemCodeOf } from '@oakring/contracts';
import { Trust } from '@oakring/host';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManagerSettings } from '../config/manager-settings.js';
import type { BrokerTls } from './mqtt-client.js';

type TlsSettings = Pick<ManagerSettings, 'mqttCert' | 'mqttKeyPassword' | 'mqttUrl' | 'tlsCa'>;

/**
 * For a broker elsewhere: what MQTT_CERT holds, or whom it is believed by: OAKRING_TLS_CA where that is named (our own CA
 * signs for our own broker), else this machine's Node. Throws `settings-invalid` that names what is wrong.
 */
export function brokerTls(settings: TlsSettings): { readonly tls?: BrokerTls } {
  const { mqttCert: folder, mqttKeyPassword: passphrase, mqttUrl, tlsCa } = settings;
  const isEncrypted = mqttUrl !== null && new URL(mqttUrl).protocol === 'mqtts:';
  if (folder === '') {
    return isEncrypted ? { tls: Trust.in(tlsCa === '' ? null : tlsCa).options() } : {};
  }
  if (!isEncrypted) {
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
  const own = { cert, key, ...(passphrase === null ? {} : { passphrase }) };
  return { tls: { ...Trust.of(ca.toString('utf8')).options(), ...own } };
}

/** What a broker may call us by the certificate that we show; null: we show none, or it has no such name. */
export function certifiedName({ cert }: Pick<BrokerTls, 'cert'> = {}): string | null {
  if (cert === undefined) return null;
  const { subject } = new X509Certificate(cert);
  return /^CN=(.*)$/m.exec(subject ?? '')?.[1] ?? null;
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
