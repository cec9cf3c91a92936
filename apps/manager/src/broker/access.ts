import { isId, shortened, type Refusal } from '@oakring/contracts';
import { downKinds as down, parseTopic, upKinds as up } from '@oakring/contracts/native';

const upKinds: ReadonlySet<string> = new Set(up);
const downKinds: ReadonlySet<string> = new Set(down);

/** Why a worker may not publish on `topic`; null when it may: only what goes up, of one node. */
export function publishRefusal(topic: string): Refusal | null {
  const parsed = parseTopic(topic);
  const shown = JSON.stringify(shortened(topic));
  if (parsed === null || !upKinds.has(parsed.kind)) {
    const detail = `${shown} is not a topic that a worker publishes on.`;
    return { code: 'topic-unknown', detail };
  }
  if (isId(parsed.nodeId)) return null;
  return { code: 'invalid-id', detail: `The node id in ${shown} does not match.` };
}

/** The node whose status a topic carries: only that is kept by the broker for later. Else null. */
export function statusNodeOf(topic: string): string | null {
  const parsed = parseTopic(topic);
  return parsed?.kind === 'status' ? parsed.nodeId : null;
}

/** A worker may subscribe to what goes down to one node: no wildcards. */
export function maySubscribe(filter: string): boolean {
  const parsed = parseTopic(filter);
  return parsed !== null && downKinds.has(parsed.kind) && isId(parsed.nodeId);
}

/** The node whose orders a filter asks for; null for any other filter. */
export function controlsNodeOf(filter: string): string | null {
  const parsed = parseTopic(filter);
  return parsed?.kind === 'controls' && isId(parsed.nodeId) ? parsed.nodeId : null;
}
