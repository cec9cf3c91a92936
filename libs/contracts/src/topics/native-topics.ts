/** The MQTT topics of the native protocol, `nodes/<id>/<kind>` (docs/native-protocol.md). */
export const upTopicKinds = [
  'registration',
  'information',
  'status',
  'acks',
  'state',
  'history',
] as const;
export const downTopicKinds = ['registered', 'accepted', 'leases', 'requests', 'controls'] as const;

export type UpTopicKind = (typeof upTopicKinds)[number];
export type DownTopicKind = (typeof downTopicKinds)[number];

/** What the manager subscribes to: every message of every node. */
export const upSubscriptions: readonly string[] = upTopicKinds.map((kind) => `nodes/+/${kind}`);

export function topicOf(nodeId: string, kind: UpTopicKind | DownTopicKind): string {
  return `nodes/${nodeId}/${kind}`;
}

/** Splits `nodes/<id>/<kind>`; null for any other shape. The id is not validated here. */
export function parseTopic(topic: string): { nodeId: string; kind: string } | null {
  if (!topic.startsWith('nodes/')) return null;
  const slash = topic.indexOf('/', 6);
  if (slash === -1 || topic.indexOf('/', slash + 1) !== -1) return null;
  return { nodeId: topic.slice(6, slash), kind: topic.slice(slash + 1) };
}

/** MQTT payloads over this many bytes are refused by the inbox. */
export const maxMqttPayloadBytes = 64 * 1024;
/** HTTP bodies over this many bytes are answered 413. */
export const maxHttpBodyBytes = 256 * 1024;
