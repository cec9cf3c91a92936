import {
  deleteMessage,
  deployMessage,
  readHeartbeat,
  readInstances,
  readWord,
} from '@oakring/contracts/oakestra';
import { refused, type JsonObject, type Parsed } from '@oakring/contracts';
import {
  nodeMark,
  type CommandToSend,
  type Dialect,
  type Order,
  type Publication,
} from '../dialect.port.js';
import { topicOfNode } from '../node-topics.js';
import { besideWorkers } from './beside.js';
import { serviceOf } from './service.js';

const name = 'oakestra';
/** A machine with a hundred instances says 120 kB in one message. */
const mostPayloadBytes = 1_048_576;
/** None of its lists says which one it is. */
const list = 'resources';

const topics = {
  deploy: `nodes/${nodeMark}/control/deploy`,
  delete: `nodes/${nodeMark}/control/delete`,
} as const;

/**
 * The dialect of Oakestra's workers (docs/oakestra.md). Registration is not among it: it comes over HTTP
 * (`machine-registration.ts`). No message says of which start, generation or order it is.
 */
export const oakestraDialect: Dialect = {
  name,
  up: [
    {
      ...{ topic: `nodes/${nodeMark}/information`, says: 'reading', qos: 0 },
      decode: (_nodeId, payload) => {
        const read = readHeartbeat(payload);
        return read.ok ? said(read, { what: 'reading', said: read.value }) : read;
      },
    },
    {
      ...{ topic: `nodes/${nodeMark}/jobs/resources`, says: 'sighting', qos: 1 },
      decode: (_nodeId, payload) => {
        const read = readInstances(payload);
        if (!read.ok) return read;
        const { instances, doubtful } = read.value;
        return said(read, { what: 'sighting', said: { list, instances, doubtful } });
      },
    },
    {
      ...{ topic: `nodes/${nodeMark}/job`, says: 'word', qos: 1 },
      decode: (_nodeId, payload) => {
        const read = readWord(payload);
        return read.ok ? said(read, { what: 'word', said: read.value }) : read;
      },
    },
  ],
  down: [{ topic: topics.deploy, isForOrders: true }, { topic: topics.delete }],
  beside: besideWorkers,
  clientOf: (nodeId) => `${nodeId}-ne`,
  mostPayloadBytes,
  incarnationIn: () => null,
  encode: (nodeId, order) =>
    order.what === 'command' ? commandFor(nodeId, order.said) : noWordFor(order),
};

/** What was read, and beside it what was left out. */
function said<T>({ leftOut }: Read, value: T): Extract<Parsed<T>, { ok: true }> {
  return leftOut === undefined ? { ok: true, value } : { ok: true, value, leftOut };
}

type Read = Extract<Parsed<unknown>, { ok: true }>;

function commandFor(nodeId: string, order: CommandToSend): Parsed<Publication> {
  const { command, document, runtimes = [] } = order;
  if (document === undefined) {
    const detail = `What was ordered as ${command.job} is not known any more.`;
    return refused('job-unknown', detail);
  }
  const { instance, kind } = command;
  switch (kind) {
    case 'deploy':
    case 'replicate': {
      const service = serviceOf(command.job, document);
      return asked(nodeId, topics.deploy, deployMessage({ service, instance, runtimes }));
    }
    case 'delete': {
      const service = serviceOf(command.job, document);
      return asked(nodeId, topics.delete, deleteMessage({ service, instance, runtimes }));
    }
    case 'move':
      return refused('topic-unknown', 'Workers of this dialect are not told of moves.');
  }
}

function asked(nodeId: string, topic: string, message: Parsed<JsonObject>): Parsed<Publication> {
  if (!message.ok) return message;
  const payload = JSON.stringify(message.value);
  return { ok: true, value: { topic: topicOfNode(topic, nodeId), payload, qos: 1 } };
}

/** They neither wait for answers nor can be asked. */
function noWordFor({ what }: Order): Parsed<Publication> {
  return refused('topic-unknown', `There is no word for ${what} in the dialect ${name}.`);
}
