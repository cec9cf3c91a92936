import { led, quantiles, rate, type Panel } from './panel.js';

export const programs: readonly Panel[] = [
  {
    title: 'Links',
    description: '1: it is up. By program, and to whom.',
    unit: 'short',
    queries: { '{{job}} {{instance}} → {{link}}': 'oakring_link_up' },
  },
  {
    title: 'Lateness of the event loop',
    description:
      'The longest between two readings; below 0.2 s is usual. An alert from a second on, again and again.',
    unit: 's',
    queries: { '{{job}} {{instance}}': 'nodejs_eventloop_lag_max_seconds' },
  },
  {
    title: 'CPU',
    description: 'Cores that each program uses.',
    unit: 'percentunit',
    queries: {
      '{{job}} {{instance}}': rate('process_cpu_seconds_total', 'job, instance'),
    },
  },
  {
    title: 'Memory',
    description: 'Resident, of each program.',
    unit: 'bytes',
    queries: { '{{job}} {{instance}}': 'process_resident_memory_bytes' },
  },
  {
    title: 'Disk left',
    description: 'Of the disk that its data lies on. An alert below 10 %.',
    unit: 'percentunit',
    queries: {
      '{{job}} {{instance}} {{folder}}': 'oakring_disk_free_bytes / oakring_disk_size_bytes',
    },
  },
  {
    title: 'Certificates',
    description: 'How long each is good. An alert from fourteen days on.',
    unit: 's',
    queries: { '{{instance}} {{certificate}}': 'oakring_certificate_not_after_seconds - time()' },
  },
  {
    title: 'Until the scheduler has a plan',
    description: 'How long planning takes, without the way there and back.',
    unit: 's',
    queries: quantiles('oakring_scheduler_plan_seconds'),
  },
  {
    title: 'Plans',
    description: 'Plans a second, by what came of them.',
    unit: 'ops',
    queries: { '{{outcome}}': rate('oakring_scheduler_plans_total', 'outcome') },
  },
  {
    title: 'Commits that the scheduler has not seen',
    description: 'It plans by its copy of the nodes, as of another position than the head.',
    unit: 'short',
    queries: {
      '{{instance}}':
        'scalar(max (oakring_ledger_head_position)) - oakring_scheduler_view_position',
    },
  },
  {
    title: 'Versions',
    description: 'Programs by version: two of them while something is upgraded.',
    unit: 'short',
    queries: { '{{job}} {{version}}': 'count by (job, version) (oakring_build_info)' },
  },
  {
    title: "Age of the scheduler's view",
    description: 'How old what it plans by is. Refused plans are tried again.',
    unit: 's',
    queries: { '{{instance}}': 'oakring_scheduler_view_age_seconds' },
  },
];

export const workers: readonly Panel[] = [
  {
    title: 'Registered',
    description:
      '1: the manager has taken it in. Workers are read where they listen (operations.md).',
    unit: 'short',
    queries: { '{{instance}}': 'oakring_worker_registered' },
  },
  {
    title: 'Instances on workers',
    description: 'What they themselves say that they run.',
    unit: 'short',
    queries: {
      '{{runtime}} {{status}}': 'sum by (runtime, status) (oakring_worker_instances)',
    },
  },
  {
    title: 'Orders obeyed',
    description: 'Orders a second, by what is ordered and what came of it.',
    unit: 'ops',
    queries: {
      '{{operation}} {{outcome}}': rate('oakring_worker_orders_total', 'operation, outcome'),
    },
  },
  {
    title: 'Health checks',
    description: 'Looks a second of all workers, by what came of them.',
    unit: 'ops',
    queries: { '{{outcome}}': rate('oakring_worker_health_checks_total', 'outcome') },
  },
  {
    title: 'Readings sent',
    description: 'Readings a second that each worker hands to the broker.',
    unit: 'cps',
    queries: { '{{instance}}': rate('oakring_worker_readings_total', 'instance') },
  },
  {
    title: 'Messages that wait',
    description: 'Not handed to the broker yet. Growing: the link of that worker is down or slow.',
    unit: 'short',
    queries: { '{{instance}}': 'oakring_worker_messages_unsent' },
  },
];

/** Of Oakestra: nothing, where there is none. */
export const root: readonly Panel[] = [
  {
    title: 'Link to the root',
    description: '1: it answers the leader. Nothing here where the cluster has no root.',
    unit: 'short',
    queries: { '{{instance}}': 'oakring_root_connected' },
  },
  {
    title: 'Age of the newest report',
    description: 'Since the root took one; some fifteen seconds are usual.',
    unit: 's',
    queries: { '{{instance}}': 'oakring_root_report_age_seconds' },
  },
  {
    title: 'To build a report',
    description: 'What the newest one took of the event loop.',
    unit: 's',
    queries: { '{{instance}}': 'oakring_root_report_build_seconds' },
  },
  {
    title: 'Refused by the root',
    description: 'Registrations and reports a second that it did not take.',
    unit: 'ops',
    queries: { refused: rate('oakring_root_failures_total') },
  },
  {
    title: 'Jobs kept',
    description: 'They run on although the root forgot them, or asks for their end unconfirmed.',
    unit: 'short',
    queries: { '{{why}}': led('oakring_root_jobs_kept', 'why') },
  },
];
