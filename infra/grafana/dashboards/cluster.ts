import { led, quantiles, rate, worst, type Dashboard, type Panel } from './panel.js';
import { programs, root, workers } from './programs.js';

const now: readonly Panel[] = [
  {
    title: 'Nodes ready',
    description: 'Nodes that are heard and take instances.',
    unit: 'short',
    shows: 'number',
    queries: { ready: `${led('oakring_nodes{status="ready"}')} or vector(0)` },
  },
  {
    title: 'Instances running',
    description: 'By the word of their workers.',
    unit: 'short',
    shows: 'number',
    queries: { running: `${led('oakring_instances{status="running"}')} or vector(0)` },
  },
  {
    title: 'Instances pending',
    description: 'Wanted, and without a place. The row Placements says why.',
    unit: 'short',
    shows: 'number',
    queries: { pending: `${led('oakring_instances_pending')} or vector(0)` },
  },
  {
    title: 'Given up',
    description: 'Failed more often than their job allows; 0 is usual.',
    unit: 'short',
    shows: 'number',
    queries: { 'given up': led('oakring_instances_given_up') },
  },
  {
    title: 'Storm',
    description: 'Whether so many nodes are silent that nothing is replaced.',
    unit: 'bool_yes_no',
    shows: 'number',
    queries: { storm: led('oakring_storm') },
  },
  {
    title: 'Managers that lead',
    description: 'One; none for some seconds while another takes over.',
    unit: 'short',
    shows: 'number',
    queries: { leading: 'sum (oakring_leading)' },
  },
  {
    title: 'Alerts that fire',
    description:
      'Those of Prometheus; docs/runbooks has a page for each. Those of Loki are under Alerting.',
    unit: 'none',
    shows: 'table',
    queries: { '': 'ALERTS{alertstate="firing"}' },
  },
];

const nodes: readonly Panel[] = [
  {
    title: 'Nodes by status',
    description:
      'ready: heard. suspect, disconnected, lost: silent for 6 s, 16 s, 36 s. registered: it has not told its state yet.',
    unit: 'short',
    queries: { '{{status}}': led('oakring_nodes', 'status') },
  },
  {
    title: 'Reserved of what there is',
    description: 'Promised to instances, as a share of what the nodes have. Never above 100 %.',
    unit: 'percentunit',
    queries: {
      '{{resource}}': `${led('oakring_reserved', 'resource')} / (${led('oakring_capacity', 'resource')} > 0)`,
    },
  },
  {
    title: 'Used of what there is',
    description:
      'By the newest readings, whoever uses it. Far above what is reserved: others use the machines too.',
    unit: 'percentunit',
    queries: {
      '{{resource}}': `${led('oakring_used', 'resource')} / (${led('oakring_capacity', 'resource')} > 0)`,
    },
  },
  {
    title: 'Capacity in base units',
    description: 'What all registered nodes have, by resource: a step is a node that came or went.',
    unit: 'short',
    queries: { '{{resource}}': led('oakring_capacity', 'resource') },
  },
  {
    title: 'Overcommitted nodes',
    description: 'Nodes with more reserved than they have. Always 0.',
    unit: 'short',
    queries: { nodes: led('oakring_nodes_overcommitted') },
  },
];

const placements: readonly Panel[] = [
  {
    title: 'Instances by status',
    description: 'unknown: on a node that nobody hears.',
    unit: 'short',
    queries: { '{{status}}': led('oakring_instances', 'status') },
  },
  {
    title: 'Pending by reason',
    description: 'What instances without a place wait for.',
    unit: 'short',
    queries: { '{{reason}}': led('oakring_instances_pending', 'reason') },
  },
  {
    title: 'Oldest pending',
    description: 'For how long the oldest of them waits. An alert from five minutes on.',
    unit: 's',
    queries: { oldest: led('oakring_instances_pending_oldest_seconds') },
  },
  {
    title: 'Placed and refused',
    description: 'Decisions a second: places given, and refusals by reason.',
    unit: 'ops',
    queries: {
      placed: rate('oakring_placements_total'),
      'refused: {{reason}}': rate('oakring_placement_refusals_total', 'reason'),
    },
  },
  {
    title: 'From wanted to placed',
    description: 'How long an instance waits for a decision.',
    unit: 's',
    queries: quantiles('oakring_placement_seconds'),
  },
  {
    title: 'From wanted to running',
    description: 'How long it takes until the worker says that it runs.',
    unit: 's',
    queries: quantiles('oakring_start_seconds'),
  },
  {
    title: 'Orders in flight',
    description: 'Issued, and neither received nor ended, by what is ordered.',
    unit: 'short',
    queries: { '{{operation}}': led('oakring_orders_in_flight', 'operation') },
  },
  {
    title: 'Until a worker acknowledges',
    description: 'From an order to the first word about it. An alert from five seconds on.',
    unit: 's',
    queries: quantiles('oakring_order_ack_seconds'),
  },
  {
    title: 'Orders sent again',
    description: 'Nobody acknowledged them in time: a link or a worker is slow.',
    unit: 'ops',
    queries: { again: rate('oakring_order_retries_total') },
  },
];

const failures: readonly Panel[] = [
  {
    title: 'Given up and crash looping',
    description:
      'Instances that failed more often than allowed; that failed three times in a row or more.',
    unit: 'short',
    queries: {
      'given up': led('oakring_instances_given_up'),
      'crash looping': led('oakring_instances_crash_looping'),
    },
  },
  {
    title: 'Health',
    description:
      'Instances with health checks by what their workers have said of them. An alert where some stay unhealthy for five minutes.',
    unit: 'short',
    queries: { '{{health}}': led('oakring_instances_health') },
  },
  {
    title: 'Drift',
    description:
      'Instances that are wanted and not there, or there and not wanted, as their workers say.',
    unit: 'short',
    queries: { instances: led('oakring_instances_drifted') },
  },
  {
    title: 'Oldest drift',
    description: 'For how long the oldest of it has stayed. An alert from five minutes on.',
    unit: 's',
    queries: { oldest: led('oakring_drift_oldest_seconds') },
  },
  {
    title: 'Losses and failures',
    description: 'Events a second that somebody may have to do something about.',
    unit: 'eps',
    queries: {
      '{{type}}': rate(
        'oakring_events_total{type=~"InstanceLost|InstanceGivenUp|InstanceFailedChecks|CommandFailed|CommandExpired|NodeLost|RolloutFailed"}',
        'type',
      ),
    },
  },
  {
    title: 'Dead letters',
    description: 'Messages that were refused, by code; `oakring dead-letters` shows them.',
    unit: 'mps',
    queries: { '{{code}}': rate('oakring_dead_letters_total', 'code') },
  },
  {
    title: 'Failing processes',
    description: 'Steps of what the leader does by itself that failed, and are taken again.',
    unit: 'ops',
    queries: { '{{process}}': rate('oakring_process_failures_total', 'process') },
  },
  {
    title: 'What processes have before them',
    description: 'A process that has more and more before it does not keep up.',
    unit: 'short',
    queries: { '{{process}}': led('oakring_process_keys', 'process') },
  },
  {
    title: 'Oldest before each process',
    description:
      'For how long it has been there; some wait by their nature (a silent node, a deadline).',
    unit: 's',
    queries: { '{{process}}': led('oakring_process_oldest_seconds', 'process') },
  },
];

const traffic: readonly Panel[] = [
  {
    title: 'Requests',
    description: 'HTTP requests a second, by what they are about and how they were answered.',
    unit: 'reqps',
    queries: {
      '{{route}} {{status}}': rate('oakring_http_request_seconds_count', 'route, status'),
    },
  },
  {
    title: 'Until a request is answered',
    description: '99 of 100 are answered within this.',
    unit: 's',
    queries: { '{{route}}': worst('oakring_http_request_seconds', 'route') },
  },
  {
    title: 'Refused to strangers',
    description:
      'Requests of those who may not ask: no token, a role that may not, another host, another site.',
    unit: 'reqps',
    queries: { '{{code}}': rate('oakring_http_refused_total', 'code') },
  },
  {
    title: 'Commands',
    description: 'Commands a second by what came of them. unchanged: it was so already.',
    unit: 'ops',
    queries: { '{{outcome}}': rate('oakring_commands_total', 'outcome') },
  },
  {
    title: 'Messages of workers',
    description: 'A second, by what they say.',
    unit: 'mps',
    queries: { '{{what}}': rate('oakring_messages_total', 'what') },
  },
  {
    title: 'Readings',
    description: 'Accepted, and shed under overload: oldest first, so that orders go on.',
    unit: 'cps',
    queries: {
      accepted: rate('oakring_telemetry_readings_total'),
      shed: rate('oakring_telemetry_readings_shed_total'),
    },
  },
];

const logs: readonly Panel[] = [
  {
    title: 'Warnings and worse',
    description: 'warn: somebody may have to do something. error: a fault of ours.',
    unit: 'none',
    shows: 'logs',
    queries: { '': '{level=~"warn|error|fatal"}' },
  },
  {
    title: 'What happened',
    description:
      'The leader tells each event of the ledger once; steps of an order only at `debug`.',
    unit: 'none',
    shows: 'logs',
    queries: { '': '{app=~"manager|oakring"} | json | context="Events"' },
  },
  {
    title: 'Scheduler and workers',
    description: 'What the other programs say.',
    unit: 'none',
    shows: 'logs',
    queries: { '': '{app=~"scheduler|worker"}' },
  },
];

export const cluster: Dashboard = {
  uid: 'oakring-cluster',
  title: 'Oakring cluster',
  description:
    'Nodes, instances and what hinders them. What the leader says counts for the cluster.',
  rows: {
    Now: now,
    'Nodes and capacity': nodes,
    Placements: placements,
    Failures: failures,
    Traffic: traffic,
    Programs: programs,
    Workers: workers,
    Root: root,
    Logs: logs,
  },
};
