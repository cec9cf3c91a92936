import { placeIn, type Constraint, type Place } from '@oakring/contracts';
import { filterOf, type Make } from './filter.js';

type Near = Extract<Constraint, { type: 'geo' }>;

/** The label by which an operator says where a node is: `48.2,11.6`, latitude and longitude. */
const positionLabel = 'position';

export const geo = filterOf<readonly Near[]>({
  judges: 'make',
  name: 'geo',
  phrase: 'too far away',
  asks({ requirement }) {
    const near = requirement.constraints.filter((each): each is Near => each.type === 'geo');
    return near.length === 0 ? null : near;
  },
  passes: (make, near) => near.every((each) => isWithin(make, each)),
  obstacle(make, near) {
    const far = near.find((each) => !isWithin(make, each));
    const metres = far === undefined ? null : distanceTo(make, far);
    if (far === undefined || metres === null) {
      return `has no position (set its label ${positionLabel}, or CLUSTER_LOCATION)`;
    }
    return `is ${inKilometres(metres)} km away, not within ${inKilometres(far.withinMetres)} km`;
  },
  wokenBy: () => ({ by: 'node' }),
});

function isWithin(make: Make, near: Near): boolean {
  const metres = distanceTo(make, near);
  return metres !== null && metres <= near.withinMetres;
}

function distanceTo({ labels }: Make, { place, cluster }: Near): number | null {
  const own = Object.hasOwn(labels, positionLabel) ? placeIn(labels[positionLabel] ?? '') : null;
  const here = own ?? cluster;
  return here === null ? null : metresBetween(here, place);
}

const earthMetres = 6_371_000;
const radiansOfMillionth = Math.PI / 180e6;

/** Along the surface of a sphere, in whole metres. */
function metresBetween(one: Place, other: Place): number {
  const [from, to] = [one.latitude * radiansOfMillionth, other.latitude * radiansOfMillionth];
  const up = Math.sin((to - from) / 2);
  const along = Math.sin(((other.longitude - one.longitude) * radiansOfMillionth) / 2);
  const part = up * up + Math.cos(from) * Math.cos(to) * along * along;
  return Math.round(2 * earthMetres * Math.asin(Math.min(1, Math.sqrt(part))));
}

function inKilometres(metres: number): number {
  return Math.round(metres / 100) / 10;
}
