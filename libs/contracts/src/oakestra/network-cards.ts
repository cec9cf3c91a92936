import type { JsonObject } from '../parsing/parsing.js';

const macPattern = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi;
/** Nobody's, everybody's, those that container engines make of an address, and what each QEMU and Calico gives. */
const sharedMac =
  /^(?:00:00:00:00:00:00|ff:ff:ff:ff:ff:ff|02:42:.*|52:54:00:12:34:5[6-9a-f]|ee:ee:ee:ee:ee:ee|fe:ff:ff:ff:ff:ff)$/;
/** What engines of containers and machines, and the network component, make: it comes and goes with these. */
const virtualName =
  /^(?:veth|br-|docker|podman|cni|flannel|cali|cilium|lxc|lxd|incus|weave|antrea|kube|nodelocaldns|virbr|vnet|vmnet|vboxnet|tap|macvtap|dummy|ifb|vxlan|genev|ovs|goproxy)/i;
const locallyGiven = /^.[2367abef]/;
const maxMacs = 16;

interface Card {
  readonly mac: string;
  /** Whether it is the one that the machine is reached by. */
  readonly isReached: boolean;
  /** Those that were there first have lower ones. */
  readonly place: number;
}

/**
 * The addresses of the cards that a machine keeps as long as it runs: by these it is known again. Which
 * interface it is stands in its text (`"name":"veth1"`), in other releases before it; what is said of it
 * is text as well. A busy machine may have hundreds, of which the makers' addresses count first.
 */
export function cardsIn(network: JsonObject, ip: string): readonly string[] {
  const cards = new Map<string, Card>();
  for (const [key, text] of Object.entries(network)) {
    if (typeof text !== 'string') continue;
    if (virtualName.test(/"name"\s*:\s*"([^"]*)"/i.exec(text)?.[1] ?? key)) continue;
    const isReached = text.split(/[^0-9a-f.:]+/i).includes(ip);
    const place = Number(/\d{1,6}$/.exec(key)?.[0] ?? 0);
    for (const [found] of text.matchAll(macPattern)) {
      const mac = found.toLowerCase();
      const isReachedBy = isReached || cards.get(mac)?.isReached === true;
      if (!sharedMac.test(mac)) cards.set(mac, { mac, isReached: isReachedBy, place });
    }
  }
  const chosen = [...cards.values()].sort(byConstancy).slice(0, maxMacs);
  return chosen.map(({ mac }) => mac).sort();
}

function byConstancy(one: Card, other: Card): number {
  return rankOf(one) - rankOf(other) || one.place - other.place || (one.mac < other.mac ? -1 : 1);
}

function rankOf({ mac, isReached }: Card): number {
  if (isReached) return 0;
  return locallyGiven.test(mac) ? 2 : 1;
}
