import { incarnationOf, wordIn } from './addresses.js';
import { flag, ifAny, messageOf } from './codec.js';
import { textOf } from '../parsing/parsing.js';
import { speakerMembers, type Heard, type Spoken } from './spoken.js';

/** `nodes/<id>/registered`: answers a registration, or says unasked how a node stands. */
export interface Registered extends Spoken {
  readonly id: string;
  readonly accepted: boolean;
  readonly code?: string;
  readonly detail?: string;
  /** Given until the node has presented it, then never again. */
  readonly token?: string;
  /** Of the start that the node is at now, also where another one was refused. */
  readonly incarnation: number;
  /** Of the registration that this answers, where it said one: the topic is shared by all who claim the id. */
  readonly startId?: string;
  /** The manager's time, ISO 8601: a worker learns its clock's offset from it. */
  readonly at: string;
  /** How often the manager wants a reading, milliseconds. */
  readonly periodMs: number;
}

const text = (value: unknown, name: string) => textOf(value, name, 4_096);

export const registered = messageOf<Heard<Registered>, Registered>({
  id: ifAny(text, null),
  accepted: flag,
  code: ifAny(text, null),
  detail: ifAny(text, null),
  token: ifAny(text, null),
  incarnation: ifAny(incarnationOf, null),
  startId: ifAny(wordIn, null),
  at: ifAny(wordIn, null),
  periodMs: ifAny(incarnationOf, null),
  ...speakerMembers,
});
