import type { Sentences } from './sentence.js';

/** What happened to the cluster and its ledger. */
export const clusterSentences: Sentences<
  | 'ClusterFounded'
  | 'EpochOpened'
  | 'CatalogueChanged'
  | 'KeyPresented'
  | 'KeyEndorsed'
  | 'KeyRevoked'
  | 'CheckpointSigned'
  | 'CheckpointStamped'
  | 'CheckpointCosigned'
  | 'LedgerSealed'
  | 'LedgerRestored'
  | 'MessagesRefused'
  | 'RequestAnswered'
  | 'RequestRefused'
  | 'RootForgot'
  | 'RootRegistered'
  | 'RootToldOfEnds'
  | 'BrokerLinkLost'
  | 'LateReturnsOver'
  | 'StormBegan'
  | 'StormEnded'
  | 'TelemetryTruncated'
> = {
  ClusterFounded: ({ name, clusterId }) => `the cluster "${name}" was founded (${clusterId})`,
  EpochOpened: ({ epoch, pid, host, software }) =>
    `epoch ${epoch} opened by process ${pid} on ${host} (${software})`,
  CatalogueChanged: ({ schemaVersion, hash }) =>
    `events are of schema version ${schemaVersion} from here on, hash ${hash.slice(0, 16)}`,
  KeyPresented: ({ fingerprint, founding }) =>
    `key ${fingerprint.slice(0, 16)} presented${founding ? ', and counts: it founded the log' : ''}`,
  KeyEndorsed: ({ fingerprint, by }) =>
    `key ${fingerprint.slice(0, 16)} endorsed by ${by.slice(0, 16)}`,
  KeyRevoked: ({ fingerprint, by }, { colors }) =>
    colors.yellow(`key ${fingerprint.slice(0, 16)} revoked by ${by.slice(0, 16)}`),
  CheckpointSigned: ({ note }) => {
    // Texts come here fit for one line of a terminal: a line feed is written out.
    const [, position = '?', , commit = '', , , key = ''] = note.split('\\n');
    const [hash, fingerprint] = [commit.replace('commit ', ''), key.replace('key ', '')];
    return sealedUpTo({ position, hash, fingerprint });
  },
  CheckpointStamped: ({ position, time }) =>
    `the checkpoint of position ${position} stamped: it existed before ${time}, by the word of an authority`,
  CheckpointCosigned: ({ position, witness }) =>
    `the checkpoint of position ${position} cosigned by witness ${witness.split('+')[0] ?? witness}`,
  LedgerSealed: sealedUpTo,
  LedgerRestored: ({ position, hash }, { colors }) =>
    `${colors.yellow('RESTORED')} from a backup of ${position} commits, hash ${hash.slice(0, 16)}: ` +
    'what was written after it is lost',
  MessagesRefused: ({ registrations, statuses, states, histories, nodes }, { colors }) =>
    `${colors.red('refused')} as too many: ${registrations} registrations, ${statuses} statuses, ` +
    `${states} states and ${histories} histories of ${nodes} nodes`,
  RequestAnswered: ({ request }) => `${request} changed nothing`,
  RequestRefused: ({ request, detail }, { colors }) => colors.red(`${request} refused: ${detail}`),
  TelemetryTruncated: ({ segment, firstBatch, lastBatch, readings }) =>
    `readings dropped: segment ${segment}, batches ${firstBatch}–${lastBatch}, ${readings} of them`,
  RootRegistered: ({ root }) => `the root took this cluster in, as ${root}`,
  RootForgot: ({ former, root, jobs }, { colors }) =>
    `${colors.red('THE ROOT FORGOT')} this cluster: ${former} is ${root} now; ${jobs} jobs that it ` +
    'had ordered go on (oakring root forgotten)',
  RootToldOfEnds: ({ instances }) =>
    `the root was told that ${instances.join(', ')} ended here without its asking`,
  BrokerLinkLost: ({ since }) =>
    `the leader's link to the broker is gone since ${new Date(since).toISOString()}; workers of Oakestra are ` +
    'waited for as much longer once it is back',
  LateReturnsOver: () =>
    'workers of Oakestra that come back late after an outage could all be back',
  StormBegan: ({ silent, ready, reason }, { colors }) =>
    `${colors.red('STORM')}: ${silent} of ${ready} nodes silent: ${reason}; nothing is rescheduled`,
  StormEnded: ({ stillSilent, reason }, { colors }) =>
    `${colors.green('the storm is over')}: ${reason}; ${stillSilent} nodes are still silent`,
};

function sealedUpTo({
  position,
  hash,
  fingerprint,
}: {
  readonly position: number | string;
  readonly hash: string;
  readonly fingerprint: string;
}): string {
  return `sealed up to position ${position}, hash ${hash.slice(0, 16)}, by key ${fingerprint.slice(0, 16)}`;
}
