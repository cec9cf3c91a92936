import { filterOf, type Make } from './filter.js';

type Label = readonly [name: string, value: string];

export const labels = filterOf<readonly Label[]>({
  judges: 'make',
  name: 'labels',
  phrase: 'without a label asked for',
  asks({ requirement }) {
    const wanted = Object.entries(requirement.labels);
    return wanted.length === 0 ? null : wanted;
  },
  passes: (make, wanted) => wanted.every((label) => hasLabel(make, label)),
  /** The first one, in the order of the request, that keeps the node out. */
  obstacle(make, wanted) {
    const [name, value] = wanted.find((label) => !hasLabel(make, label)) ?? ['', ''];
    return Object.hasOwn(make.labels, name)
      ? `has ${name}=${make.labels[name]}, not ${name}=${value}`
      : `lacks the label ${name}=${value}`;
  },
  wokenBy: () => ({ by: 'node' }),
});

/** A label may be called like what every object has (`constructor`): only the node's own count. */
function hasLabel({ labels }: Make, [name, value]: Label): boolean {
  return Object.hasOwn(labels, name) && labels[name] === value;
}
