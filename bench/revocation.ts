// How long after an order to revoke what was opened with it is closed: streams over HTTP at the manager that was asked
// and at another, and a connection to the broker in the process.
import { newToken } from '@oakring/host';
import { connectAsync } from 'mqtt';
import { MongodProcess, mongodProgram, untilPrimary } from '../infra/mongo/mongod-process.js';
import { middleAndTail, type Figures } from './figures.js';
import { now } from './manager-http.js';
import { startMosquitto, startUp, temporaryFolder } from './processes.js';

const rounds = 20;
const setting = 'the token of the setting';
const closed = { OAKRING_TOKEN: setting, OAKRING_ALLOW_OPEN: 'false' };

export async function benchRevocation(): Promise<Figures> {
  return { ...(await atOne()), ...(await atTwo()) };
}

async function atOne(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder, closed);
  const streams = await inTurns((name) => streamCloses(up.url, up.url, name));
  const connections = await inTurns((node) => connectionCloses(up, node));
  await up.stop();
  remove();
  return {
    'revoked → its stream of events is closed, p50 / p99 ms (goal 1 000)': middleAndTail(streams),
    'revoked → its MQTT connection is closed': middleAndTail(connections),
  };
}

async function atTwo(): Promise<Figures> {
  const what = 'the same stream at a manager that follows, over MongoDB';
  if (mongodProgram === null) return { [what]: 'not measured: there is no mongod' };
  const broker = await startMosquitto();
  if (broker === null) return { [what]: 'not measured: mosquitto is not here' };
  const mongod = await MongodProcess.create();
  const { folder, remove } = temporaryFolder();
  try {
    mongod.launch();
    await untilPrimary(mongod.port);
    const store = `mongodb://127.0.0.1:${mongod.port}/revocation?directConnection=true`;
    const shared = { ...closed, OAKRING_STORE: store, OAKRING_MQTT_URL: broker.url };
    const leader = await startUp(`${folder}/leader`, shared);
    const follower = await startUp(`${folder}/follower`, shared);
    const streams = await inTurns((name) => streamCloses(leader.url, follower.url, name));
    await follower.stop();
    await leader.stop();
    return { [what]: middleAndTail(streams) };
  } finally {
    broker.stop();
    await mongod.remove();
    remove();
  }
}

async function inTurns(round: (name: string) => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let number = 0; number < rounds; number += 1) times.push(await round(`r${number}`));
  return times;
}

/** Milliseconds from the order, which goes to `asked`, until the stream at `at` has come to its end. */
async function streamCloses(asked: string, at: string, name: string): Promise<number> {
  const given = await call(asked, 'POST', '/api/v1/tokens', { name, role: 'auditor' });
  const { token } = (await given.json()) as { readonly token: string };
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
  const stream = await shown(() => fetch(`${at}/api/v1/events`, { headers }));
  const ended = drained(stream).then(now);
  const beganMs = now();
  await call(asked, 'DELETE', `/api/v1/tokens/${name}`);
  return (await ended) - beganMs;
}

async function connectionCloses(
  { url, mqttUrl }: { readonly url: string; readonly mqttUrl: string },
  node: string,
): Promise<number> {
  const secret = newToken();
  await call(url, 'POST', '/api/v1/joins', { node, secret });
  const options = { clientId: node, username: node, password: secret, reconnectPeriod: 0 };
  const worker = await connectAsync(mqttUrl, options);
  const ended = new Promise<number>((resolve) => worker.once('close', () => resolve(now())));
  const beganMs = now();
  await call(url, 'DELETE', `/api/v1/nodes/${node}/credential`);
  return (await ended) - beganMs;
}

/** A manager that follows reads a moment later that a token was given. */
async function shown(ask: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await ask();
    if (answer.ok) return answer;
    await answer.body?.cancel();
    if (answer.status !== 401) throw new Error(`a stream was answered ${answer.status}`);
  }
}

/** However it ends. */
async function drained({ body }: Response): Promise<void> {
  try {
    for await (const _ of body ?? []);
  } catch {
    // It was cut off, which is what is waited for.
  }
}

async function call(url: string, method: string, path: string, body?: object): Promise<Response> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${setting}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}
