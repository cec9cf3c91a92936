import type { ResourceKind } from '@oakring/contracts';
import { architecture } from './architecture.js';
import { capacityOf } from './capacity.js';
import { closed } from './closed.js';
import { disk } from './disk.js';
import { direct } from './direct.js';
import { excluded } from './excluded.js';
import { features } from './features.js';
import type { Filter } from './filter.js';
import { geo } from './geo.js';
import { host } from './host.js';
import { labels } from './labels.js';
import { addons, drivers } from './offers.js';
import { ports } from './ports.js';
import { sizeOf } from './size.js';
import { status } from './status.js';
import { stopEnforced } from './stop-enforced.js';
import { technology } from './technology.js';

/**
 * In the order in which a node is looked at: one that fails several is counted by the first. Those of
 * room are the last: what room a node has is read, and put on record, where nothing else is against it.
 */
export function filtersOf(kinds: Readonly<Record<string, ResourceKind>>): readonly Filter[] {
  return [
    excluded,
    status,
    closed,
    disk,
    technology,
    features,
    stopEnforced,
    architecture,
    labels,
    addons,
    drivers,
    geo,
    direct,
    host,
    ports,
    ...Object.entries(kinds).map(([name, kind]) => sizeOf(name, kind)),
    ...Object.entries(kinds).map(([name, kind]) => capacityOf(name, kind)),
  ];
}
