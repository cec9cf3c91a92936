import { refused, type Parsed } from '@oakring/contracts';
import {
  downKinds,
  encodeDown,
  incarnationIn,
  maxMqttPayloadBytes,
  nativeDown,
  nativeUp,
  topicOf,
  upKinds,
} from '@oakring/contracts/native';
import {
  nodeMark,
  type Dialect,
  type DownTopic,
  type Order,
  type Said,
  type SaidKind,
  type SaidOf,
  type UpTopic,
} from '../dialect.port.js';
import { controlMessage } from './control-message.js';

const name = 'native';
const { registration, ...asTheyAre } = nativeUp;

/** The dialect of docs/native-protocol.md: the tables of its messages, in the core's words. */
export const nativeDialect: Dialect = {
  name,
  up: upKinds.map((kind): UpTopic => {
    const { what, qos, retained } = nativeUp[kind];
    const decode = kind === 'registration' ? registrationIn : readerOf(asTheyAre[kind]);
    const topic = { topic: topicOf(nodeMark, kind), says: what, qos, decode };
    return retained === true ? { ...topic, isKept: true } : topic;
  }),
  down: downKinds.map((kind): DownTopic => {
    const topic = topicOf(nodeMark, kind);
    return nativeDown[kind].what === 'command' ? { topic, isForOrders: true } : { topic };
  }),
  mostPayloadBytes: maxMqttPayloadBytes,
  incarnationIn,
  encode: (nodeId, order) => {
    const { kind, qos, payload } = encoded(order);
    return { ok: true, value: { topic: topicOf(nodeId, kind), payload, qos } };
  },
};

/** A message that says what the core hears, as it is. */
type AsItIs = {
  readonly [K in SaidKind]: {
    readonly what: K;
    decode(payload: Uint8Array): Parsed<SaidOf<K>['said']>;
  };
}[SaidKind];

function readerOf(message: AsItIs): UpTopic['decode'] {
  const { what } = message;
  return (_nodeId, payload) => {
    const parsed = message.decode(payload);
    // The word and what is said are of one message.
    return parsed.ok ? { ...parsed, value: { what, said: parsed.value } as Said } : parsed;
  };
}

function registrationIn(nodeId: string, payload: Uint8Array): Parsed<Said> {
  const { what } = registration;
  const parsed = registration.decode(payload);
  if (!parsed.ok) return parsed;
  const { id } = parsed.value;
  return id === nodeId
    ? { ...parsed, value: { what, said: { registration: parsed.value, dialect: name } } }
    : refused('id-mismatch', `The topic names node ${nodeId}, the payload node ${id}.`, 'id', id);
}

function encoded(order: Order): ReturnType<typeof encodeDown> {
  return order.what === 'command'
    ? encodeDown(order.what, controlMessage(order.said))
    : encodeDown(order.what, order.said);
}
