import { isObject, OakringError } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { MqttClient } from 'mqtt';
import { openClient, reasonOf, type BrokerAddress } from './mqtt-client.js';

/** Where Mosquitto's plugin takes commands, and answers them. */
export const controlTopic = '$CONTROL/dynamic-security/v1';
export const answerTopic = `${controlTopic}/response`;
const answeredWithinMs = 5_000;

export interface ControlCommand {
  readonly command: string;
  readonly username?: string;
  readonly [member: string]: unknown;
}

/** What became of one command. */
export interface ControlAnswer {
  readonly error?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Sends commands together; resolves with an answer for each, in their order. */
export type Ask = (commands: readonly ControlCommand[]) => Promise<readonly ControlAnswer[]>;

/**
 * A connection of its own to the broker's plugin for accounts, for as long as `work` takes: they are needed seldom, and
 * are no business of the connection that speaks with workers. Rejects with `broker-unreachable` when there is no
 * connection, it ends, or nobody answers in time.
 */
export async function withControlLine<T>(
  address: () => BrokerAddress,
  ports: Pick<Ports, 'timers' | 'ids'>,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const place = { ...address(), clientId: `oakring-accounts-${ports.ids.next()}` };
  const client = openClient(place, ports.timers);
  const patience = new AbortController();
  const broken = new Promise<never>((_resolve, reject) => {
    let reason = 'the connection was closed';
    client.on('error', (error) => {
      reason = error.message === '' ? reasonOf(error) : error.message;
    });
    client.once('close', () => reject(unanswered(reason)));
    void ports.timers.sleep(answeredWithinMs, patience.signal).then(() => {
      const who = place.username ?? 'who shows no name';
      reject(
        unanswered(
          `nothing is answered on ${controlTopic}: is the plugin there, and may ${who} use it?`,
        ),
      );
    });
  });
  broken.catch(() => {});
  try {
    return await Promise.race([working(client, ports, work), broken]);
  } finally {
    patience.abort();
    client.end(true);
  }
}

async function working<T>(
  client: MqttClient,
  { ids }: Pick<Ports, 'ids'>,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const waiting = new Map<string, (answers: readonly ControlAnswer[]) => void>();
  client.on('message', (_topic, payload) => {
    const answers = answersIn(payload);
    // Answers go to whoever may hear them: what another asked is not for us.
    const asked = answers.find(({ correlationData }) => typeof correlationData === 'string');
    if (asked !== undefined) waiting.get(String(asked.correlationData))?.(answers);
  });
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  const [granted] = await client.subscribeAsync(answerTopic, { qos: 1 });
  if (granted === undefined || granted.qos > 2) throw unanswered(`${answerTopic} is refused to us`);
  return work(async (commands) => {
    const correlationData = ids.next();
    const answered = new Promise<readonly ControlAnswer[]>((resolve) =>
      waiting.set(correlationData, resolve),
    );
    const request = { commands: commands.map((each) => ({ ...each, correlationData })) };
    await client.publishAsync(controlTopic, JSON.stringify(request), { qos: 1 });
    return answered;
  });
}

type Correlated = ControlAnswer & { readonly correlationData?: unknown };

function answersIn(payload: Uint8Array): readonly Correlated[] {
  try {
    const said: unknown = JSON.parse(Buffer.from(payload).toString());
    const responses = isObject(said) ? said['responses'] : null;
    return Array.isArray(responses) ? responses.filter(isObject) : [];
  } catch {
    return [];
  }
}

function unanswered(reason: string): OakringError {
  return new OakringError({
    code: 'broker-unreachable',
    detail: `The broker’s accounts cannot be had (OAKRING_MQTT_ACCOUNTS): ${reason}.`,
  });
}
