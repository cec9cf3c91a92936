import { refused, type Parsed, type Registration } from '@oakring/contracts';
import {
  downKinds,
  incarnationIn,
  maxMqttPayloadBytes,
  nativeDown,
  nativeUp,
  topicOf,
  upKinds,
  type DownKind,
  type UpKind,
} from '@oakring/contracts/native';
import {
  nodeMark,
  type Dialect,
  type Order,
  type Publication,
  type Said,
} from '../dialect.port.js';
import type { SaidKind, UpTopic } from '../dialect.port.js';
import { controlMessage } from './control-message.js';

/** What is said on each topic: does not compile without one that is added. */
const says: Readonly<Record<UpKind, SaidKind>> = {
  registration: 'registration',
  information: 'reading',
  status: 'status',
  acks: 'ack',
  state: 'state',
  history: 'history',
};

const name = 'native';

/** The dialect of docs/native-protocol.md. */
export const nativeDialect: Dialect = {
  name,
  up: upKinds.map((kind): UpTopic => {
    const { qos, retained } = nativeUp[kind];
    const topic = { topic: topicOf(nodeMark, kind), says: says[kind], qos };
    return retained === true ? { ...topic, isKept: true } : topic;
  }),
  down: downKinds.map((kind) => {
    const topic = topicOf(nodeMark, kind);
    return kind === 'controls' ? { topic, isForOrders: true } : { topic };
  }),
  mostPayloadBytes: maxMqttPayloadBytes,
  incarnationIn,
  decode: (topic, nodeId, payload) => decode(topic.says, nodeId, payload),
  encode: (nodeId, order) => ({ ok: true, value: encode(nodeId, order) }),
};

function decode(what: SaidKind, nodeId: string, payload: Uint8Array): Parsed<Said> {
  switch (what) {
    case 'reading': {
      const parsed = nativeUp.information.decode(payload);
      return parsed.ok ? { ...parsed, value: { what, reading: parsed.value } } : parsed;
    }
    case 'registration': {
      const parsed = ofNode(nodeId, nativeUp.registration.decode(payload));
      return parsed.ok
        ? { ...parsed, value: { what, registration: parsed.value, dialect: name } }
        : parsed;
    }
    case 'status': {
      const parsed = nativeUp.status.decode(payload);
      return parsed.ok ? { ...parsed, value: { what, status: parsed.value } } : parsed;
    }
    case 'ack': {
      const parsed = nativeUp.acks.decode(payload);
      return parsed.ok ? { ...parsed, value: { what, ack: parsed.value } } : parsed;
    }
    case 'state': {
      const parsed = nativeUp.state.decode(payload);
      return parsed.ok ? { ...parsed, value: { what, state: parsed.value } } : parsed;
    }
    case 'history': {
      const parsed = nativeUp.history.decode(payload);
      return parsed.ok ? { ...parsed, value: { what, history: parsed.value } } : parsed;
    }
  }
}

function ofNode(nodeId: string, parsed: Parsed<Registration>): Parsed<Registration> {
  if (!parsed.ok || parsed.value.id === nodeId) return parsed;
  const { id } = parsed.value;
  return refused(
    'id-mismatch',
    `The topic names node ${nodeId}, the payload node ${id}.`,
    'id',
    id,
  );
}

function encode(nodeId: string, order: Order): Publication {
  switch (order.what) {
    case 'command':
      return sent(nodeId, 'controls', nativeDown.controls.encode(controlMessage(order)));
    case 'registered':
      return sent(nodeId, 'registered', nativeDown.registered.encode(order.answer));
    case 'history-accepted':
      return sent(nodeId, 'accepted', nativeDown.accepted.encode(order.accepted));
    case 'grant':
      return sent(nodeId, 'leases', nativeDown.leases.encode(order.grant));
    case 'state-wanted':
      return sent(nodeId, 'requests', nativeDown.requests.encode(order.request));
  }
}

function sent(nodeId: string, kind: DownKind, payload: string): Publication {
  return { topic: topicOf(nodeId, kind), payload, qos: nativeDown[kind].qos };
}
