import { led, quantiles, rate, type Dashboard, type Panel } from './panel.js';

const now: readonly Panel[] = [
  {
    title: 'Head',
    description: 'Position of the newest commit.',
    unit: 'none',
    shows: 'number',
    queries: { head: 'max (oakring_ledger_head_position)' },
  },
  {
    title: 'Epoch',
    description: 'It grows with each leadership.',
    unit: 'none',
    shows: 'number',
    queries: { epoch: 'max (oakring_epoch)' },
  },
  {
    title: 'Found damaged',
    description: 'Managers that found the ledger damaged. Always 0.',
    unit: 'short',
    shows: 'number',
    queries: { damaged: 'sum (oakring_ledger_verification_failures_total)' },
  },
  {
    title: 'Age of the newest seal',
    description: 'While something waits for the next one; 0 else. A minute is usual.',
    unit: 's',
    shows: 'number',
    queries: { age: led('oakring_seal_age_seconds') },
  },
  {
    title: 'Objecting witnesses',
    description: 'Witnesses that saw another history. Always 0.',
    unit: 'short',
    shows: 'number',
    queries: { witnesses: 'count (oakring_witness_objects == 1) or vector(0)' },
  },
];

const writing: readonly Panel[] = [
  {
    title: 'Commits',
    description: 'A second. Many commands at once share one.',
    unit: 'ops',
    queries: { commits: 'max (rate(oakring_ledger_head_position[$__rate_interval]))' },
  },
  {
    title: 'Until a commit is durable',
    description: 'One append to the store: a disk, or a majority of a replica set.',
    unit: 's',
    queries: quantiles('oakring_append_seconds'),
  },
  {
    title: 'Until a command is answered',
    description: 'From submitted to answered: the queue, the decision and the commit.',
    unit: 's',
    queries: quantiles('oakring_command_seconds'),
  },
  {
    title: 'To decide a command',
    description: 'Computing alone, without the queue before it and the commit after it.',
    unit: 's',
    queries: quantiles('oakring_decision_seconds'),
  },
  {
    title: 'Events',
    description: 'Events a second by type, as the leader saw them.',
    unit: 'eps',
    queries: {
      '{{type}}': led('rate(oakring_events_total[$__rate_interval])', 'type'),
    },
  },
  {
    title: 'Commands refused or failed',
    description:
      'By type. refused: the cluster says no, with a reason; failed: it could not be decided or written.',
    unit: 'ops',
    queries: {
      '{{type}} {{outcome}}': rate(
        'oakring_commands_total{outcome=~"refused|failed"}',
        'type, outcome',
      ),
    },
  },
];

const leading: readonly Panel[] = [
  {
    title: 'Who leads',
    description: '1: this manager leads.',
    unit: 'short',
    queries: { '{{instance}}': 'oakring_leading' },
  },
  {
    title: 'Epochs',
    description: 'As each manager knows it: one that stays behind does not follow.',
    unit: 'none',
    queries: { '{{instance}}': 'oakring_epoch' },
  },
  {
    title: 'Margin of the lease',
    description:
      'What is left of it when it was renewed last. Near 0 the leader gives up; there is none over a folder.',
    unit: 's',
    queries: { '{{instance}}': 'oakring_lease_margin_seconds' },
  },
  {
    title: 'Views behind the ledger',
    description: 'Commits that each manager has not projected yet.',
    unit: 'short',
    queries: { '{{instance}}': 'oakring_projection_lag_positions' },
  },
  {
    title: 'Age of the views',
    description: 'What each manager answers is as old as that. An alert from ten seconds on.',
    unit: 's',
    queries: { '{{instance}}': 'oakring_projection_lag_seconds' },
  },
  {
    title: 'Link to the database',
    description: '1: it is up. Without it nothing is decided, and nobody leads.',
    unit: 'short',
    queries: { '{{instance}}': 'oakring_link_up{link="database"}' },
  },
];

const proving: readonly Panel[] = [
  {
    title: 'Head, verified, sealed, witnessed',
    description: 'Each follows the head; one that stands still while the head goes on has ended.',
    unit: 'none',
    queries: {
      head: 'max (oakring_ledger_head_position)',
      'verified by {{instance}}': 'oakring_ledger_verified_position',
      sealed: led('oakring_sealed_position'),
      'seen by {{witness}}': led('oakring_witness_seen_position', 'witness'),
    },
  },
  {
    title: 'Not verified yet',
    description: 'Commits that each manager has yet to verify. After a start all of them.',
    unit: 'short',
    queries: {
      '{{instance}}': 'oakring_ledger_head_position - oakring_ledger_verified_position',
    },
  },
  {
    title: 'Age of the verification',
    description:
      'Since all of it had been verified. An alert from an hour on, where nothing advances.',
    unit: 's',
    queries: { '{{instance}}': 'oakring_ledger_verification_age_seconds' },
  },
  {
    title: 'Age of the newest seal',
    description:
      'While something waits for the next one; 0 else. An alert from two minutes on, for five.',
    unit: 's',
    queries: { age: led('oakring_seal_age_seconds') },
  },
  {
    title: 'Witnesses that object',
    description: '1: it saw another history, and refuses our checkpoint.',
    unit: 'short',
    queries: { '{{witness}}': led('oakring_witness_objects', 'witness') },
  },
  {
    title: 'Disk left',
    description:
      'Of the disk that the data of a manager lies on: the ledger itself where that is a folder.',
    unit: 'bytes',
    queries: { '{{instance}}': 'oakring_disk_free_bytes{job="manager"}' },
  },
];

const logs: readonly Panel[] = [
  {
    title: 'Leaderships, keys and damage',
    description: 'Who led when, which keys count, and what was found.',
    unit: 'none',
    shows: 'logs',
    queries: {
      '': '{app=~"manager|oakring"} | json | event=~"ClusterFounded|EpochOpened|Key.*"',
      damage: '{app=~"manager|oakring", level=~"warn|error|fatal"} |= "damaged"',
    },
  },
];

export const ledger: Dashboard = {
  uid: 'oakring-ledger',
  title: 'Oakring ledger',
  description:
    'The log that everything is computed from: how it is written, led, verified, sealed and witnessed.',
  rows: { Now: now, Writing: writing, Leading: leading, Proving: proving, Logs: logs },
};
