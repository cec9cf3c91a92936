// What knowing who asks costs: requests over HTTP and messages over MQTT, to a manager that knows identities, and to
// one that is open.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { newToken } from '@oakring/host';
import { connectAsync, type MqttClient } from 'mqtt';
import { percentile, sortedNumbers, type Figures } from './figures.js';
import { now } from './manager-http.js';
import { startUp, temporaryFolder, type Up } from './processes.js';

const rounds = 7;
const requests = 4_000;
const messages = 10_000;
const atOnce = 32;
const node = 'edge-1';
const tokens = 500;
const setting = 'the token of the setting';
/** Of /proc: ticks are hundredths of a second on every Linux that Node runs on. */
const tickMs = 10;

/** A manager, and how it is spoken to. */
interface Side {
  readonly up: Up;
  readonly token: string | null;
  readonly agent: Agent;
  readonly worker: MqttClient;
}

interface Round {
  readonly perSecond: number;
  /** Of the manager, a request or message. */
  readonly cpuUs: number;
}

/** Both take their turns in one run, so that whatever else the machine does costs both alike. */
export async function benchAccess(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const open = await startUp(`${folder}/open`);
  // Its requests are counted as always; only that there may be so many is not usual.
  const closed = await startUp(`${folder}/closed`, {
    ...{ OAKRING_TOKEN: setting, OAKRING_ALLOW_OPEN: 'false', OAKRING_HTTP_RATE: '1000000' },
  });
  const token = await oneOfMany(closed);
  const sides = [
    await sideOf(open, null, null),
    await sideOf(closed, token, await joined(closed)),
  ] as const;
  const [http, mqtt] = [await inTurns(sides, asks), await inTurns(sides, says)];
  for (const { agent, up, worker } of sides) {
    agent.destroy();
    await worker.endAsync(true);
    await up.stop();
  }
  remove();
  return {
    'GET /api/v1/jobs, open, requests a second': Math.round(middle(http[0], 'perSecond')),
    [`the same by one of ${tokens} tokens`]: Math.round(middle(http[1], 'perSecond')),
    'over HTTP, with identities / without (goal 0.8)': ratio(http, 'perSecond'),
    'CPU of the manager a request, with / without': ratio(http, 'cpuUs'),
    'readings of QoS 1, open, a second': Math.round(middle(mqtt[0], 'perSecond')),
    'the same of a node that joined': Math.round(middle(mqtt[1], 'perSecond')),
    'over MQTT, with identities / without (goal 0.8)': ratio(mqtt, 'perSecond'),
    'CPU of the manager a message, with / without': ratio(mqtt, 'cpuUs'),
  };
}

/** Without identities, and with. */
type Rounds = readonly [Round[], Round[]];

function middle(rounds: readonly Round[], of: keyof Round): number {
  return percentile(sortedNumbers(rounds.map((each) => each[of])), 0.5);
}

function ratio([without, having]: Rounds, of: keyof Round): string {
  return (middle(having, of) / middle(without, of)).toFixed(2);
}

async function inTurns(
  sides: readonly [Side, Side],
  work: (side: Side) => Promise<number>,
): Promise<Rounds> {
  const found: Rounds = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    for (const at of [0, 1] as const) {
      const measured = await measure(sides[at], work);
      // The first warms up.
      if (round > 0) found[at].push(measured);
    }
  }
  return found;
}

async function sideOf(up: Up, token: string | null, secret: string | null): Promise<Side> {
  const shown = secret === null ? {} : { username: node, password: secret };
  const worker = await connectAsync(up.mqttUrl, { clientId: node, ...shown });
  const registration = { id: node, name: node, ip: '10.0.0.1', port: 1, technologies: ['docker'] };
  await worker.publishAsync(`nodes/${node}/registration`, JSON.stringify(registration), { qos: 1 });
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  return { up, token, agent, worker };
}

/** The secret of a node that joined. */
async function joined({ url }: Up): Promise<string> {
  const secret = newToken();
  await posted(`${url}/api/v1/joins`, { node, secret });
  return secret;
}

async function posted(url: string, body: object): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${setting}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

/** A token among many: the last that was given. */
async function oneOfMany({ url }: Up): Promise<string> {
  let token = '';
  for (let number = 0; number < tokens; number += 1) {
    const asked = { name: `t${number}`, role: 'operator' };
    ({ token } = (await posted(`${url}/api/v1/tokens`, asked)) as { token: string });
  }
  return token;
}

async function measure(side: Side, work: (side: Side) => Promise<number>): Promise<Round> {
  const [beganMs, beganCpuMs] = [now(), cpuMsOf(side.up.pid)];
  const count = await work(side);
  return {
    perSecond: count / ((now() - beganMs) / 1_000),
    cpuUs: ((cpuMsOf(side.up.pid) - beganCpuMs) * 1_000) / count,
  };
}

/** Requests, so many at once; how many there were. */
async function asks({ up, token, agent }: Side): Promise<number> {
  await atOnceOf(requests, () => ask(`${up.url}/api/v1/jobs`, token, agent));
  return requests;
}

/** Messages, each until the broker has it. */
async function says({ worker }: Side): Promise<number> {
  const reading = JSON.stringify({ cpu: 12.5, memory: 30 });
  await atOnceOf(messages, () =>
    worker.publishAsync(`nodes/${node}/information`, reading, { qos: 1 }),
  );
  return messages;
}

async function atOnceOf(count: number, one: () => Promise<unknown>): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function ask(url: string, token: string | null, agent: Agent): Promise<void> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const asking = request(url, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${answer.statusCode} of ${url}`));
      answer.resume().once('end', resolve);
    });
    asking.once('error', reject).end();
  });
}

function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}
