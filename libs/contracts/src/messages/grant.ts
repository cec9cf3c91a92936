import { incarnationOf } from './addresses.js';
import { ifAny, messageOf } from './codec.js';
import { speakerMembers, type Heard, type Spoken } from './spoken.js';

/** How the reason of an instance begins that its worker stopped for want of a grant: nobody's fault. */
export const leaseRanOut = 'lease ran out';

/** `nodes/<id>/leases`: answers the reading of that sequence. */
export interface LeaseGrant extends Spoken {
  readonly incarnation: number;
  readonly sequence: number;
}

export const grant = messageOf<Heard<LeaseGrant>, LeaseGrant>({
  incarnation: ifAny(incarnationOf, null),
  sequence: ifAny(incarnationOf, null),
  ...speakerMembers,
});
