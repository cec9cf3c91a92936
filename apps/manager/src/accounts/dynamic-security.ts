import { isObject, OakringError, type JsonObject, type Refusal } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { BrokerAddress } from '../connection/mqtt-client.js';
import {
  withControlLine,
  type Ask,
  type ControlAnswer,
  type ControlCommand,
} from '../connection/control-line.js';
import type { BrokerAccounts } from './broker-accounts.port.js';

/** Of what waits, taken together: the plugin writes its whole file for each. */
const mostAtOnce = 64;
/** Accounts in one answer. */
const pageSize = 500;

interface Waiting<T, R> {
  readonly asked: T;
  resolve(answer: R): void;
  reject(error: unknown): void;
}

type Looking = Waiting<string, Refusal | null>;
type Keeping = Waiting<{ readonly username: string; readonly password: string }, void>;

/**
 * Accounts at Mosquitto 2, by its plugin for dynamic security. What a node may is not said there: the access file does
 * (`infra/mosquitto`), for all nodes alike, by the name that the account gives them.
 */
export class DynamicSecurity implements BrokerAccounts {
  private readonly looking: Looking[] = [];
  private readonly keeping: Keeping[] = [];
  /** One at a time: a thousand machines that join at once are no thousand connections. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly address: () => BrokerAddress,
    /** The plugin's group that our accounts are in, of this cluster alone: those outside it are not ours to change. */
    private readonly group: () => string,
    private readonly ports: Pick<Ports, 'timers' | 'ids'>,
  ) {}

  whyTaken(node: string): Promise<Refusal | null> {
    return this.together(this.looking, node, (ask, taken) => lookAtAll(ask, taken, this.group()));
  }

  keep(username: string, password: string): Promise<void> {
    return this.together(this.keeping, { username, password }, (ask, taken) =>
      keepAll(ask, taken, this.group()),
    );
  }

  sweep(stands: (nodeId: string) => boolean): Promise<readonly string[]> {
    return this.inTurn(() =>
      withControlLine(this.address, this.ports, async (ask) => {
        const over = (await membersOf(ask, this.group())).filter((nodeId) => !stands(nodeId));
        const commands = over.map((username) => ({ command: 'deleteClient', username }));
        await carryOut(ask, commands, 'Client not found');
        return over;
      }),
    );
  }

  /** With whatever else waits for the same. */
  private together<T, R>(
    waiting: Waiting<T, R>[],
    asked: T,
    work: (ask: Ask, taken: readonly Waiting<T, R>[]) => Promise<void>,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      waiting.push({ asked, resolve, reject });
      if (waiting.length === 1) void this.inTurn(() => this.doAll(waiting, work));
    });
  }

  private async doAll<T, R>(
    waiting: Waiting<T, R>[],
    work: (ask: Ask, taken: readonly Waiting<T, R>[]) => Promise<void>,
  ): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting.slice(0, mostAtOnce);
      try {
        await withControlLine(this.address, this.ports, (ask) => work(ask, taken));
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
      waiting.splice(0, taken.length);
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => {});
    return done;
  }
}

/** Not `getGroup`: Mosquitto 2.0.11 says other names there than those of the group's members. */
async function membersOf(ask: Ask, groupname: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let offset = 0; ; offset += pageSize) {
    const [answer] = await ask([
      { command: 'listClients', verbose: true, count: pageSize, offset },
    ]);
    throwIfFailed(answer);
    const page = listIn(answer?.data?.['clients']);
    for (const client of page) {
      const { username } = client;
      if (typeof username === 'string' && isIn(client, groupname)) found.push(username);
    }
    if (page.length < pageSize) return found;
  }
}

async function lookAtAll(ask: Ask, looking: readonly Looking[], groupname: string): Promise<void> {
  const names = looking.map(({ asked }) => asked);
  const accounts = await accountsOf(ask, names, groupname);
  for (const [at, { asked, resolve }] of looking.entries()) {
    resolve(accounts[at]?.is === 'another' ? notANode(asked, groupname) : null);
  }
}

async function keepAll(ask: Ask, keeping: readonly Keeping[], groupname: string): Promise<void> {
  const names = keeping.map(({ asked: { username } }) => username);
  const accounts = await accountsOf(ask, names, groupname);
  if (accounts.some(({ is }) => is === 'none')) {
    await carryOut(ask, [{ command: 'createGroup', groupname }], 'Group already exists');
  }
  for (const [at, { asked, resolve, reject }] of keeping.entries()) {
    if (accounts[at]?.is === 'another') {
      reject(new OakringError(notANode(asked.username, groupname)));
    } else {
      await keepOne(ask, asked, groupname);
      resolve();
    }
  }
}

/** Made where it is not there: one that is changed has its connection ended. */
async function keepOne(
  ask: Ask,
  account: { readonly username: string; readonly password: string },
  groupname: string,
): Promise<void> {
  const groups = [{ groupname, priority: 0 }];
  const [made] = await ask([{ command: 'createClient', ...account, groups }]);
  if (made?.error !== 'Client already exists') return throwIfFailed(made);
  await carryOut(ask, [
    { command: 'setClientPassword', ...account },
    { command: 'enableClient', username: account.username },
  ]);
}

interface Account {
  readonly name: string;
  /** `another`: it is not a node's. */
  readonly is: 'none' | 'node' | 'another';
}

async function accountsOf(
  ask: Ask,
  names: readonly string[],
  groupname: string,
): Promise<readonly Account[]> {
  const answers = await ask(names.map((username) => ({ command: 'getClient', username })));
  return names.map((name, at) => {
    const answer = answers[at];
    if (answer?.error === 'Client not found') return { name, is: 'none' };
    throwIfFailed(answer);
    return { name, is: isIn(answer?.data?.['client'], groupname) ? 'node' : 'another' };
  });
}

/** Throws unless each was done, or was refused with `settled`, which means that it is done already. */
async function carryOut(
  ask: Ask,
  commands: readonly ControlCommand[],
  settled?: string,
): Promise<void> {
  if (commands.length === 0) return;
  for (const answer of await ask(commands)) {
    if (answer.error === undefined || answer.error !== settled) throwIfFailed(answer);
  }
}

function throwIfFailed(answer: ControlAnswer | undefined): void {
  if (answer !== undefined && answer.error === undefined) return;
  const detail = `The broker’s plugin for accounts refuses: ${answer?.error ?? 'there is no answer'}.`;
  throw new OakringError({ code: 'broker-unreachable', detail });
}

function notANode(node: string, groupname: string): Refusal {
  const detail = `The broker has an account ${node} that is not of a node of this cluster (not in its group ${groupname}).`;
  return { code: 'node-id-taken', detail, field: 'node', value: node };
}

function isIn(client: unknown, group: string): boolean {
  const groups = isObject(client) ? client['groups'] : null;
  return listIn(groups).some(({ groupname }) => groupname === group);
}

function listIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
