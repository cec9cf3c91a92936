/** The native wire, as both its ends speak it: only what lies at the edge of a program knows it. */
export { incarnationIn, type Message } from './messages/frame.js';
export {
  decodeDown,
  downKinds,
  encodeDown,
  encodeUp,
  maxMqttPayloadBytes,
  nativeDown,
  nativeUp,
  topicOf,
  upKinds,
  type DownHeard,
  type DownKind,
  type UpKind,
  type UpSaid,
} from './messages/native-wire.js';
export type { HistorySaid } from './messages/history.js';
export type { RegistrationSaid } from './messages/registration.js';
export type { Heard, Spoken } from './messages/spoken.js';
export type { InstanceSaid, StateSaid } from './messages/state.js';
export type { ReadingSaid } from './messages/telemetry.js';
