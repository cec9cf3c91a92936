import { anyMark, type Dialect, type PassingTopic } from '../../wires/dialect.port.js';
import { topicOfNode } from '../../wires/node-topics.js';

/** What everybody who speaks these dialects may say and hear at a broker: from it follow the files of each broker. */
export interface Rights {
  /** Topics, each once. `node`: what stands in them for the node. */
  up(node: string): readonly string[];
  down(node: string): readonly string[];
  readonly nameless: readonly NamelessRights[];
}

/** Of a dialect whose workers show no name, and of the programs beside them. */
export interface NamelessRights {
  readonly dialect: string;
  readonly says: readonly string[];
  readonly hears: readonly string[];
  /** Of whoever is called as the node. */
  saysAs(node: string): readonly string[];
  hearsAs(node: string): readonly string[];
}

const one = '+';

/** What the manager is called in these files, unless it is said. */
export const usualManager = 'oakring';

export function rightsOf(dialects: readonly Dialect[]): Rights {
  return {
    up: (node) =>
      topics(
        dialects.flatMap(({ up }) => up),
        node,
      ),
    down: (node) =>
      topics(
        dialects.flatMap(({ down }) => down),
        node,
      ),
    nameless: dialects.flatMap((dialect) =>
      dialect.clientOf === undefined ? [] : [namelessOf(dialect)],
    ),
  };
}

function namelessOf({ name, up, down, beside = [] }: Dialect): NamelessRights {
  const passing = (by: PassingTopic['by'], may: PassingTopic['may']) =>
    beside.filter((each) => each.by === by && each.may === may);
  return {
    dialect: name,
    says: [...topics(up, one), ...topics(passing('anybody', 'say'), one)],
    hears: [...topics(down, one), ...topics(passing('anybody', 'hear'), one)],
    saysAs: (node) => topics(passing('node', 'say'), node),
    hearsAs: (node) => topics(passing('node', 'hear'), node),
  };
}

function topics(of: readonly { readonly topic: string }[], node: string): readonly string[] {
  return [...new Set(of.map(({ topic }) => topicOfNode(topic, node).replace(anyMark, one)))];
}
