import { wordIn } from './addresses.js';
import { ifAny, messageOf, wordOf } from './codec.js';
import { speakerMembers, type Heard, type Spoken } from './spoken.js';

/** `nodes/<id>/requests`: the manager asks for the complete state. */
export interface StateRequest extends Spoken {
  readonly request: 'state';
  readonly requestId: string;
  /** `stateHash` of what the manager believes; a worker that has the same may answer with it. */
  readonly hash?: string;
  /** The manager's time of sending, ISO 8601. */
  readonly at: string;
}

export const request = messageOf<Heard<StateRequest>, StateRequest>({
  request: ifAny(wordOf(['state']), null),
  requestId: ifAny(wordIn, null),
  hash: ifAny(wordIn, null),
  at: ifAny(wordIn, null),
  ...speakerMembers,
});
