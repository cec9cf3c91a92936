import { maxHttpBodyBytes, shownUrl } from '@oakring/contracts';
import { badFinding, isLoopbackAddress, type Finding } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import type { IConnackPacket, MqttClient } from 'mqtt';
import type { ManagerSettings } from '../config/manager-settings.js';
import type { Dialect } from '../wires/dialect.port.js';
import { topicOfNode } from '../wires/node-topics.js';
import type { Wires } from '../wires/wires.js';
import { brokerTls } from './broker-tls.js';
import { openClient, reasonOf, type BrokerAddress } from './mqtt-client.js';
import { ProtocolVersion } from './protocol-version.js';

const part = 'broker';
const answersWithinMs = 5_000;
/** A job's document comes over HTTP and goes out in one message, with a few members more. */
const wantedPacketBytes = maxHttpBodyBytes + 4_096;

interface Reached {
  readonly isReached: true;
  readonly client: MqttClient;
  readonly version: 4 | 5;
  readonly connack: IConnackPacket;
}

/** What a connection ended with. */
interface Unreached {
  readonly isReached: false;
  readonly error: Error & { readonly code?: unknown };
}

type BrokerSettings = Pick<
  ManagerSettings,
  'mqttUrl' | 'mqttUsername' | 'mqttPassword' | 'mqttCert' | 'mqttKeyPassword' | 'tlsCa'
>;

/**
 * A broker elsewhere, as a manager needs it: connects as one does, under a name of its own, so that nobody
 * is displaced; subscribes to what workers say, and says something to a node that there is not. Nothing is
 * left behind. A broker of our own needs nothing but its port.
 */
export async function examineBroker(
  settings: BrokerSettings,
  { dialects, subscriptions }: Pick<Wires, 'dialects' | 'subscriptions'>,
  ports: Pick<Ports, 'timers' | 'ids'>,
): Promise<readonly Finding[]> {
  const { mqttUrl: url, mqttUsername: username, mqttPassword: password } = settings;
  if (url === null) return [];
  const looked = `broker at ${shownUrl(url)} (OAKRING_MQTT_URL)`;
  const probe = `oakring-doctor-${ports.ids.next()}`;
  try {
    const address = { url, username, password, clientId: probe, ...brokerTls(settings) };
    const reached = await reach(address, ports);
    if (!reached.isReached) return [unreached(looked, reached)];
    const { client } = reached;
    try {
      return [
        { part, level: 'ok', looked, seen: 'it is reached, and lets us in' },
        ...propertiesOf(reached),
        await hears(client, subscriptions),
        await says(reached, dialects, probe),
        ...(await whoElse(settings, address, ports)),
      ];
    } finally {
      client.end(true);
    }
  } catch (error) {
    return [badFinding(part, looked, error)];
  }
}

/** As a manager: MQTT 5 first, 3.1.1 where that is refused. */
async function reach(
  address: BrokerAddress,
  { timers }: Pick<Ports, 'timers'>,
): Promise<Reached | Unreached> {
  const versions = new ProtocolVersion();
  const first = versions.next(true);
  const asked = await attempt(address, timers, first);
  if (asked.isReached) return asked;
  versions.failed(asked.error);
  versions.ended(first, asked.error.message === closedSilently);
  const second = versions.next(true);
  return second === first ? asked : attempt(address, timers, second);
}

const closedSilently = 'it closes the connection';

async function attempt(
  address: BrokerAddress,
  timers: Ports['timers'],
  version: 4 | 5,
): Promise<Reached | Unreached> {
  const client = openClient(address, timers, version);
  const patience = new AbortController();
  const answered = new Promise<Reached | Unreached>((resolve) => {
    client.once('connect', (connack) => resolve({ isReached: true, client, version, connack }));
    client.on('error', (error) => resolve({ isReached: false, error }));
    client.once('close', () => resolve({ isReached: false, error: new Error(closedSilently) }));
  });
  const late = timers.sleep(answersWithinMs, patience.signal).then((): Unreached => {
    return { isReached: false, error: new Error(`no answer within ${answersWithinMs} ms`) };
  });
  const outcome = await Promise.race([answered, late]);
  patience.abort();
  if (!outcome.isReached) client.end(true);
  return outcome;
}

function unreached(looked: string, { error }: Unreached): Finding {
  const seen = error.message === '' ? reasonOf(error) : error.message;
  const isRefused = /authori[sz]|password|credentials/i.test(seen);
  const remedy = isRefused
    ? 'Give OAKRING_MQTT_USERNAME and OAKRING_MQTT_PASSWORD as the broker knows them (infra/mosquitto shows how).'
    : 'Start it, or correct OAKRING_MQTT_URL; see that no firewall is between, and that mqtt:// or mqtts:// is what it speaks there.';
  return { part, level: 'bad', looked, seen, remedy };
}

/** MQTT 5 says what 3.1.1 keeps to itself. */
function propertiesOf({ version, connack: { properties = {} } }: Reached): readonly Finding[] {
  const about = { part, looked: 'version of MQTT' };
  if (version === 4) {
    const remedy = 'Nothing has to be done; a broker with MQTT 5 (Mosquitto 2) says more.';
    const seen = '3.1.1: it cannot say what it refuses, nor that nobody listens';
    return [{ ...about, level: 'warning', seen, remedy }];
  }
  const { maximumPacketSize: most, maximumQoS, retainAvailable } = properties;
  const findings: Finding[] = [{ ...about, level: 'ok', seen: '5' }, sizeOf(most)];
  if (maximumQoS === 0) {
    const remedy = 'Let it take QoS 1: orders are repeated until they are acknowledged.';
    findings.push({ part, level: 'bad', looked: 'highest QoS', seen: '0', remedy });
  }
  if (retainAvailable === false) {
    const remedy =
      'Let it keep retained messages: a worker that left is then seen at once after a start.';
    findings.push({
      part,
      level: 'warning',
      looked: 'retained messages',
      seen: 'none are kept',
      remedy,
    });
  }
  return findings;
}

function sizeOf(most: number | undefined): Finding {
  const about = { part, looked: `largest packet, ${wantedPacketBytes} may be needed` };
  // A limit of messages (message_size_limit) is told by no property.
  if (most === undefined) return { ...about, level: 'ok', seen: 'it states no limit' };
  if (most >= wantedPacketBytes) return { ...about, level: 'ok', seen: `${most}` };
  const remedy = `Raise it (Mosquitto: max_packet_size), or larger jobs cannot be ordered.`;
  return { ...about, level: 'warning', seen: `${most}`, remedy };
}

const aclRemedy =
  'Give our user what infra/mosquitto/acl.example gives to "oakring": it hears every node, and is the only one that answers.';

/** Each by itself: which one is refused is what one wants to know. */
async function hears(client: MqttClient, subscriptions: Wires['subscriptions']): Promise<Finding> {
  const refused: string[] = [];
  for (const [filter, qos] of subscriptions) {
    const isGranted = await client.subscribeAsync(filter, { qos }).then(
      (grants) => grants.every((grant) => grant.qos <= 2),
      () => false,
    );
    if (isGranted) await client.unsubscribeAsync(filter);
    else refused.push(filter);
  }
  const about = { part, looked: `subscriptions to what ${subscriptions.size} topics say` };
  if (refused.length === 0) return { ...about, level: 'ok', seen: 'all are granted' };
  return { ...about, level: 'bad', seen: `${refused.join(', ')} refused`, remedy: aclRemedy };
}

/** To a node that nobody has, on every topic on which nodes are spoken to. */
async function says(
  { client, version }: Reached,
  dialects: readonly Dialect[],
  nodeId: string,
): Promise<Finding> {
  const topics = dialects.flatMap(({ down }) =>
    down.map(({ topic }) => topicOfNode(topic, nodeId)),
  );
  const about = { part, looked: 'publishing of what workers are told' };
  const refused: string[] = [];
  for (const topic of topics) {
    const isTaken = await client.publishAsync(topic, '{}', { qos: 1 }).then(
      () => true,
      () => false,
    );
    if (!isTaken) refused.push(topic.replace(nodeId, '+'));
    // What 3.1.1 has for an answer to it: the end of the connection.
    if (!client.connected) break;
  }
  if (refused.length > 0) {
    return { ...about, level: 'bad', seen: `${refused.join(', ')} refused`, remedy: aclRemedy };
  }
  if (version === 5) return { ...about, level: 'ok', seen: 'all is taken' };
  return { ...about, level: 'unknown', seen: 'MQTT 3.1.1 does not tell what is refused' };
}

/** Who else gets in, and who listens on the way. */
async function whoElse(
  { mqttUsername: username, mqttCert }: BrokerSettings,
  address: BrokerAddress,
  ports: Pick<Ports, 'timers'>,
): Promise<readonly Finding[]> {
  const { protocol, hostname } = new URL(address.url);
  const isHere = hostname === 'localhost' || isLoopbackAddress(hostname.replace(/[[\]]/g, ''));
  if (isHere) return [];
  const findings: Finding[] = [];
  if (protocol === 'mqtt:') {
    const seen = 'not encrypted: whoever is on the way reads orders, and the password';
    const remedy =
      'Use mqtts:// where the network is not yours alone (MQTT_CERT, OAKRING_MQTT_URL).';
    findings.push({ part, level: 'warning', looked: 'the way to the broker', seen, remedy });
  }
  if (mqttCert !== '') return findings;
  const stranger = {
    ...address,
    username: null,
    password: null,
    clientId: `${address.clientId}-x`,
  };
  if (username !== null) {
    const reached = await reach(stranger, ports);
    if (!reached.isReached) return findings;
    reached.client.end(true);
  }
  findings.push({
    ...{ part, level: 'warning', looked: 'whom the broker lets in' },
    seen: 'whoever shows no password: anybody may order, and speak for any node',
    remedy: 'Set allow_anonymous false, a password_file and the acl_file of infra/mosquitto.',
  });
  return findings;
}
