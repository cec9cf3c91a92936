import { shownUrl } from '@oakring/contracts';
import { topicOf } from '@oakring/contracts/native';
import type { Finding } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { connect, type MqttClient } from 'mqtt';
import { isNotLetIn, type BrokerAddress } from './broker-link.js';
import { whyBroken, whyClosed } from './why-broken.js';

const part = 'broker';
const answersWithinMs = 5_000;

/**
 * The broker as a worker needs it: whether it is reached, lets this worker in, and lets it hear what it is told.
 * Under another client id than the worker's, and without its orders: nothing changes for one that runs. `joins`: the
 * worker comes by its credential later, so that to be asked for one is no fault.
 */
export async function examineBroker(
  { url, username, password, tls, joins }: BrokerAddress & { readonly joins: boolean },
  nodeId: string,
  { timers, ids }: Pick<Ports, 'timers' | 'ids'>,
): Promise<readonly Finding[]> {
  const looked = `broker at ${shownUrl(url)} (OAKRING_MQTT_URL)`;
  const client = connect(url, {
    // A node's credential is good for the names that begin with its id.
    clientId: `${username ?? 'oakring'}-doctor-${ids.next()}`,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(url.startsWith('mqtts:') ? tls?.() : {}),
    ...{ clean: true, reconnectPeriod: 0, connectTimeout: answersWithinMs },
  });
  try {
    const problem = await problemOf(client, url, timers);
    if (problem !== null && joins && problem.isNotLetIn) {
      const asked = 'it is reached, and asks for a credential: the worker joins before it connects';
      return [{ part, level: 'ok', looked, seen: asked }];
    }
    if (problem !== null) {
      const remedy =
        'Start the broker (oakring up has one of its own), or correct OAKRING_MQTT_URL, ' +
        'OAKRING_MQTT_USERNAME and OAKRING_MQTT_PASSWORD. A worker waits for it, and starts all the same.';
      return [{ part, level: 'bad', looked, seen: problem.why, remedy }];
    }
    const seen = 'it is reached, and lets us in';
    return [
      { part, level: 'ok', looked, seen },
      await hears(client, topicOf(nodeId, 'registered')),
    ];
  } finally {
    await client.endAsync(true);
  }
}

async function hears(client: MqttClient, topic: string): Promise<Finding> {
  const about = { part, looked: `subscription to ${topic}` };
  try {
    const grants = await client.subscribeAsync(topic, { qos: 1 });
    if (grants.every(({ qos }) => qos <= 2))
      return { ...about, level: 'ok', seen: 'it is granted' };
  } catch {
    // As a grant that is none.
  }
  const remedy =
    "A worker's user name is the id of its node, and it may hear what that is told: see infra/mosquitto/acl.example.";
  return { ...about, level: 'bad', seen: 'it is refused', remedy };
}

interface Problem {
  readonly why: string;
  readonly isNotLetIn: boolean;
}

/** Null once it is connected. */
async function problemOf(
  client: MqttClient,
  url: string,
  timers: Ports['timers'],
): Promise<Problem | null> {
  const patience = new AbortController();
  const answered = new Promise<Problem | null>((resolve) => {
    client.once('connect', () => resolve(null));
    client.on('error', (error) =>
      resolve({ why: whyBroken(error), isNotLetIn: isNotLetIn(error) }),
    );
    client.once('close', () => resolve({ why: whyClosed(url), isNotLetIn: false }));
  });
  const why = `no answer within ${answersWithinMs} ms`;
  const late = timers
    .sleep(answersWithinMs, patience.signal)
    .then(() => ({ why, isNotLetIn: false }));
  const problem = await Promise.race([answered, late]);
  patience.abort();
  return problem;
}
