import { ifAny, messageOf } from './codec.js';
import { integerOf } from '../parsing/parsing.js';
import { speakerMembers, type Heard, type Spoken } from './spoken.js';

/** `nodes/<id>/accepted`: the worker may forget its entries up to here. */
export interface HistoryAccepted extends Spoken {
  readonly upTo: number;
}

const range = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

export const accepted = messageOf<Heard<HistoryAccepted>, HistoryAccepted>({
  upTo: ifAny((value, name) => integerOf(value, name, range), null),
  ...speakerMembers,
});
