// What knowing who asks costs: requests over HTTP to a manager that knows identities, and to one that is open.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { percentile, sortedNumbers, type Figures } from './figures.js';
import { now } from './manager-http.js';
import { startUp, temporaryFolder, type Up } from './processes.js';

const rounds = 7;
const requests = 4_000;
const atOnce = 32;
const tokens = 500;
const setting = 'the token of the setting';
/** Of /proc: ticks are hundredths of a second on every Linux that Node runs on. */
const tickMs = 10;

interface Asked {
  readonly up: Up;
  readonly token: string | null;
  readonly agent: Agent;
}

interface Round {
  readonly perSecond: number;
  /** Of the manager, a request. */
  readonly cpuUs: number;
}

/** Both take their turns in one run, so that whatever else the machine does costs both alike. */
export async function benchAccess(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const open = await startUp(`${folder}/open`);
  // Its requests are counted as always; only that there may be so many is not usual.
  const closed = await startUp(`${folder}/closed`, {
    ...{ OAKRING_TOKEN: setting, OAKRING_HTTP_RATE: '1000000' },
  });
  const token = await oneOfMany(closed);
  const sides = [
    { up: open, token: null, agent: new Agent({ keepAlive: true, maxSockets: atOnce }) },
    { up: closed, token, agent: new Agent({ keepAlive: true, maxSockets: atOnce }) },
  ] as const;
  const found: readonly [Round[], Round[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    for (const at of [0, 1] as const) {
      const measured = await measure(sides[at]);
      // The first warms up.
      if (round > 0) found[at].push(measured);
    }
  }
  for (const { agent, up } of sides) {
    agent.destroy();
    await up.stop();
  }
  remove();
  const middle = (at: 0 | 1, of: keyof Round): number =>
    percentile(sortedNumbers(found[at].map((each) => each[of])), 0.5);
  const ratio = (of: keyof Round): string => (middle(1, of) / middle(0, of)).toFixed(2);
  return {
    'GET /api/v1/jobs, open, requests a second': Math.round(middle(0, 'perSecond')),
    [`the same by one of ${tokens} tokens`]: Math.round(middle(1, 'perSecond')),
    'with identities / without (goal 0.8)': ratio('perSecond'),
    'CPU of the manager a request, with / without': ratio('cpuUs'),
  };
}

/** A token among many: the last that was given. */
async function oneOfMany({ url }: Up): Promise<string> {
  let token = '';
  for (let number = 0; number < tokens; number += 1) {
    const answer = await fetch(`${url}/api/v1/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${setting}` },
      body: JSON.stringify({ name: `t${number}`, role: 'operator' }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    ({ token } = (await answer.json()) as { token: string });
  }
  return token;
}

async function measure({ up, token, agent }: Asked): Promise<Round> {
  const [beganMs, beganCpuMs] = [now(), cpuMsOf(up.pid)];
  let left = requests;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ask(`${up.url}/api/v1/jobs`, token, agent);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return {
    perSecond: requests / ((now() - beganMs) / 1_000),
    cpuUs: ((cpuMsOf(up.pid) - beganCpuMs) * 1_000) / requests,
  };
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
