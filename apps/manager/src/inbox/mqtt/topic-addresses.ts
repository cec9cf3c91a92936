import { idExpectation, isId, refused, shortened, type Refusal } from '@oakring/contracts';
import { parseTopic, upKinds, type UpKind } from '@oakring/contracts/native';

/** Topics remembered at once: 100 000 nodes with two each; more are worked out anew. */
const maxRemembered = 200_000;
/** Together they have this many characters at most: ids may be made up, and long. */
const maxRememberedCharacters = 8_000_000;

export type TopicAddress =
  | { readonly ok: true; readonly nodeId: string; readonly kind: UpKind }
  | { readonly ok: false; readonly nodeId: null; readonly refusal: Refusal };

/**
 * Which node a topic is about and what it carries. A topic is taken apart once and then found by one
 * look-up, which also gives every message of a node the same id string.
 */
export class TopicAddresses {
  private readonly known = new Map<string, TopicAddress>();
  private characters = 0;

  of(topic: string): TopicAddress {
    const known = this.known.get(topic);
    if (known !== undefined) return known;
    const address = addressOf(topic);
    if (!address.ok) return address;
    const isFull = this.characters + topic.length > maxRememberedCharacters;
    if (isFull || this.known.size >= maxRemembered) {
      this.known.clear();
      this.characters = 0;
    }
    this.known.set(topic, address);
    this.characters += topic.length;
    return address;
  }
}

function addressOf(topic: string): TopicAddress {
  const parsed = parseTopic(topic);
  const kind = upKinds.find((known) => known === parsed?.kind);
  const shown = JSON.stringify(shortened(topic));
  if (parsed === null || kind === undefined) {
    const { refusal } = refused(
      'topic-unknown',
      `${shown} is not a topic that workers publish on.`,
    );
    return { ok: false, nodeId: null, refusal };
  }
  if (!isId(parsed.nodeId)) {
    const { refusal } = refused('invalid-id', `The node id in ${shown} is ${idExpectation}.`);
    return { ok: false, nodeId: null, refusal };
  }
  return { ok: true, nodeId: parsed.nodeId, kind };
}
