import {
  choiceSetting,
  choicesSetting,
  countSetting,
  factorSetting,
  flagSetting,
  oneOfSetting,
  timeSetting,
  idSetting,
  knownPortSetting,
  labelsSetting,
  listSetting,
  namesSetting,
  networksSetting,
  placeSetting,
  portSetting,
  secretSetting,
  storeSetting,
  textSetting,
  urlSetting,
  wholeSetting,
} from './read-settings.js';

const http = { schemes: ['http:', 'https:'], credentials: 'OAKRING_TOKEN' };
const mqtt = {
  schemes: ['mqtt:', 'mqtts:'],
  credentials: 'OAKRING_MQTT_USERNAME and OAKRING_MQTT_PASSWORD',
};

/**
 * Every setting of manager, scheduler and command line, once. Apps pick what they need; flags have the
 * same names without the prefix.
 */
export const settingsCatalogue = {
  data: textSetting('OAKRING_DATA', 'oakring-data', 'folder of the event log and all other state'),
  store: storeSetting(
    'OAKRING_STORE',
    'ledger: a folder, or mongodb://… for several managers (default: <data>/ledger)',
  ),
  secretsKeyFile: textSetting(
    'OAKRING_SECRETS_KEY_FILE',
    '',
    'file with the key of the secrets, 64 hexadecimal digits, mode 0600; the same for all managers (default: one in a folder’s <data>/secrets, none with MongoDB)',
  ),
  host: textSetting('OAKRING_HOST', '127.0.0.1', 'address that all listeners bind to'),
  port: portSetting('OAKRING_PORT', 10100, 'HTTP port of the manager'),
  schedulerPort: portSetting('OAKRING_SCHEDULER_PORT', 10105, 'HTTP port of the scheduler'),
  schedulerUrl: urlSetting(
    'OAKRING_SCHEDULER_URL',
    http,
    'scheduler elsewhere: none runs in this process',
  ),
  managerUrl: urlSetting(
    'OAKRING_MANAGER_URL',
    http,
    'manager that a scheduler of its own works for (default: http://127.0.0.1:10100)',
  ),
  managerToken: secretSetting(
    'OAKRING_MANAGER_TOKEN',
    'token that a scheduler of its own shows to the manager (default: OAKRING_TOKEN)',
  ),
  schedulerToken: secretSetting(
    'OAKRING_SCHEDULER_TOKEN',
    'token that the manager shows to the scheduler, and requests to that one carry (default: OAKRING_TOKEN)',
  ),
  mqttPort: portSetting('OAKRING_MQTT_PORT', 10003, 'port of the embedded MQTT broker'),
  mqttUrl: urlSetting('OAKRING_MQTT_URL', mqtt, 'broker elsewhere: none runs in this process'),
  mqttUsername: secretSetting('OAKRING_MQTT_USERNAME', 'user name at the broker'),
  mqttPassword: secretSetting('OAKRING_MQTT_PASSWORD', 'password at the broker'),
  mqttAccounts: oneOfSetting(
    'OAKRING_MQTT_ACCOUNTS',
    ['none', 'dynamic-security'],
    'accounts of nodes that managers keep at a broker elsewhere: by the plugin of Mosquitto of that name',
  ),
  token: secretSetting(
    'OAKRING_TOKEN',
    'bearer token that HTTP requests carry; unset, the first start makes one (<data>/credentials)',
  ),
  advertiseUrl: urlSetting(
    'OAKRING_ADVERTISE_URL',
    http,
    'address where others reach this manager',
  ),
  allowedHosts: namesSetting(
    'OAKRING_ALLOWED_HOSTS',
    'further host names that people and proxies reach us by, separated by commas',
  ),
  tsaUrl: urlSetting(
    'OAKRING_TSA_URL',
    { ...http, credentials: 'no setting: an authority is asked without' },
    'authority that time-stamps checkpoints (RFC 3161), https:// or on this machine',
  ),
  tsaCa: textSetting(
    'OAKRING_TSA_CA',
    '',
    'PEM file of the certificates that its stamps must lead to (default: taken unjudged)',
  ),
  witnesses: listSetting(
    'OAKRING_WITNESSES',
    'witnesses that cosign checkpoints, separated by commas: key of each, and the URL where it is asked',
  ),
  url: urlSetting('OAKRING_URL', http, 'where the command line finds the manager'),
  maxNodes: countSetting('OAKRING_MAX_NODES', 10_000, 'nodes that may be registered'),
  httpRate: countSetting(
    'OAKRING_HTTP_RATE',
    200,
    'requests a second that a token of a person may send; one of a program ten times as many',
  ),
  logForm: oneOfSetting(
    'OAKRING_LOG',
    ['auto', 'json', 'pretty'],
    'log lines as JSON or for a person (auto: JSON where standard error is no terminal)',
  ),
  logLevel: oneOfSetting(
    'OAKRING_LOG_LEVEL',
    ['info', 'debug', 'warn', 'error'],
    'least level that is logged; the signal SIGUSR2 switches to debug and back',
  ),
  tls: oneOfSetting(
    'OAKRING_TLS',
    ['auto', 'true', 'false', 'proxy'],
    'TLS of all listeners: beyond loopback where there are certificates (auto), always, never, or ended before us by a proxy',
  ),
  tlsCert: textSetting(
    'OAKRING_TLS_CERT',
    '',
    'PEM file of the certificate that listeners show, with what leads to its CA (default: <data>/certs/server.crt)',
  ),
  tlsKey: textSetting(
    'OAKRING_TLS_KEY',
    '',
    'PEM file of its key (default: <data>/certs/server.key)',
  ),
  tlsCa: textSetting(
    'OAKRING_TLS_CA',
    '',
    "PEM file of the CAs that others of the cluster are believed by (default: <data>/certs/ca.crt, or else the machine's)",
  ),
  allowOpen: flagSetting(
    'OAKRING_ALLOW_OPEN',
    'ask nobody for a credential, beyond loopback as well; each start says what that costs',
  ),
  clusterName: textSetting('CLUSTER_NAME', 'oakring', 'name of the cluster'),
  clusterLocation: textSetting('CLUSTER_LOCATION', '', 'place of the cluster, free text'),
  systemManagerUrl: placeSetting(
    'SYSTEM_MANAGER_URL',
    'host of the root orchestrator, with or without scheme',
  ),
  systemManagerPort: knownPortSetting(
    'SYSTEM_MANAGER_PORT',
    "HTTP port of the root (default: SYSTEM_MANAGER_URL's, or 10000)",
  ),
  systemManagerGrpcPort: portSetting('SYSTEM_MANAGER_GRPC_PORT', 50_052, 'gRPC port of the root'),
  myPort: knownPortSetting(
    'MY_PORT',
    'HTTP port of the manager as the root reaches it (default: the one that it listens on)',
  ),
  serviceManager: placeSetting(
    'CLUSTER_SERVICE_MANAGER_ADDR',
    'host of the network component, which hears of each start before its worker (default: none)',
  ),
  serviceManagerPort: knownPortSetting(
    'CLUSTER_SERVICE_MANAGER_PORT',
    'port of the network component, also told to the root (default: 10110 where its host is set)',
  ),
  oakestraForgetfulRoot: oneOfSetting(
    'OAKRING_OAKESTRA_FORGETFUL_ROOT',
    ['keep', 'end'],
    'services that were ordered by a root that has lost its memory since',
  ),
  oakestra: choiceSetting(
    'OAKRING_OAKESTRA',
    "speak with Oakestra's workers and root (default: where SYSTEM_MANAGER_URL is set)",
  ),
  oakestraHosts: networksSetting(
    'OAKRING_OAKESTRA_HOSTS',
    "addresses that Oakestra's workers and root come from, separated by commas",
  ),
  mqttBroker: placeSetting('MQTT_BROKER_URL', 'host of a broker elsewhere, for OAKRING_MQTT_URL'),
  mqttCert: textSetting(
    'MQTT_CERT',
    '',
    'folder of ca.crt, cluster.crt and cluster.key: TLS with our certificate at the broker',
  ),
  mqttKeyPassword: secretSetting('CLUSTER_KEYFILE_PASSWORD', 'password of cluster.key'),
  mqttBrokerPort: knownPortSetting(
    'MQTT_BROKER_PORT',
    "port of the broker, as Oakestra's workers are told it",
  ),
  oakestraCpuOvercommit: factorSetting(
    'OAKRING_OAKESTRA_CPU_OVERCOMMIT',
    'cores that services of a root may reserve for each that a node has (default: none are reserved)',
  ),
  oakestraUnkept: oneOfSetting(
    'OAKRING_OAKESTRA_UNKEPT',
    ['place', 'refuse'],
    'services whose wishes (latency, connectivity, bandwidth) nobody looks at',
  ),
  oakestraLostAfterMs: timeSetting(
    'OAKRING_OAKESTRA_LOST_AFTER_MS',
    { fallbackMs: 20_000, leastMs: 500 },
    'silence of a worker after which services of a root are ordered elsewhere',
  ),
} as const;

/** What a worker can do its work with. */
export const runtimeNames = ['simulated', 'process', 'docker', 'unikernel'] as const;

const { mqttUrl, mqttPort, mqttUsername, mqttPassword, logForm, logLevel } = settingsCatalogue;
const { host, token, allowedHosts, allowOpen, tls, tlsCert, tlsKey, tlsCa } = settingsCatalogue;
const brokerOfWorker =
  'broker (default: the one of this machine, at the port that OAKRING_MQTT_PORT says)';

/** What a machine's owner lets jobs have of it. Nothing, where he says nothing; what is not here no job can ask for. */
export const allowanceCatalogue = {
  hostPaths: listSetting(
    'OAKRING_WORKER_HOST_PATHS',
    'folders below which containers may be given one of the machine, separated by commas (default: none)',
  ),
  sharedNetworks: listSetting(
    'OAKRING_WORKER_SHARED_NETWORKS',
    'networks that containers may ask for beside bridge and none, separated by commas: host, container:<name>, <name> (default: none)',
  ),
  lowPorts: flagSetting(
    'OAKRING_WORKER_LOW_PORTS',
    'jobs may publish ports below 1024 (default: they may not)',
  ),
  runAs: textSetting(
    'OAKRING_WORKER_RUN_AS',
    '',
    'user[:group] that processes run as, where their job names none; the worker is root (default: its own user)',
  ),
  users: listSetting(
    'OAKRING_WORKER_USERS',
    'users that processes may name, as user or user:group, separated by commas (default: only that of OAKRING_WORKER_RUN_AS)',
  ),
  registries: textSetting(
    'OAKRING_WORKER_REGISTRIES',
    '',
    'file (0600) of credentials that jobs name: {"name": {"registry", "username", "password"}}',
  ),
  exec: choiceSetting(
    'OAKRING_WORKER_EXEC',
    'people may run commands in its instances, as job exec does (default: where the broker is on this machine)',
  ),
  lastLines: choiceSetting(
    'OAKRING_WORKER_LAST_LINES',
    'what an instance that fails printed last goes into the ledger, where auditors read it too (default: true)',
  ),
} as const;

/** How a worker becomes a node with a credential of its own. */
export const joinCatalogue = {
  joinToken: secretSetting(
    'OAKRING_WORKER_JOIN_TOKEN',
    'token that its manager lets it in by, once (oakring token create --role join)',
  ),
  joinTokenFile: textSetting(
    'OAKRING_WORKER_JOIN_TOKEN_FILE',
    '',
    'file of such a token, read when it is needed',
  ),
  managerUrl: {
    ...settingsCatalogue.managerUrl,
    description: 'manager that lets it in (default: that of this machine, where the broker is)',
  },
  managerPort: {
    ...settingsCatalogue.port,
    description: 'port of the manager of this machine',
  },
  managerData: {
    ...settingsCatalogue.data,
    fallback: '',
    description:
      'data folder of a manager of this machine, whose credentials let it in (default: the usual ones)',
  },
} as const;

/** Every setting of a worker. */
export const workerCatalogue = {
  id: idSetting('OAKRING_WORKER_ID', 'id of the node (default: the host name)'),
  name: textSetting('OAKRING_WORKER_NAME', '', 'name for people (default: the id)'),
  runtimes: choicesSetting('OAKRING_WORKER_RUNTIMES', runtimeNames, 'process', 'what it runs'),
  cpuMillis: wholeSetting(
    'OAKRING_WORKER_CPU',
    'CPU to offer, thousandths of a core (default: what the machine has)',
  ),
  memoryMiB: wholeSetting(
    'OAKRING_WORKER_MEMORY',
    'memory to offer, MiB (default: what the machine has)',
  ),
  labels: labelsSetting('OAKRING_WORKER_LABELS', 'labels for jobs to ask for: a=1,b=2'),
  ip: textSetting('OAKRING_WORKER_IP', '', 'address to be known by (default: found out)'),
  port: portSetting('OAKRING_WORKER_PORT', 0, 'port to be known by'),
  httpPort: knownPortSetting(
    'OAKRING_WORKER_HTTP_PORT',
    'HTTP port of its own, for its page and metrics; 0: none (default: 10200 of this machine alone, where that is free)',
    0,
  ),
  host: { ...host, description: 'address that it binds to' },
  token,
  allowedHosts: {
    ...allowedHosts,
    description: 'further host names that it is reached by over HTTP, separated by commas',
  },
  allowOpen,
  data: textSetting(
    'OAKRING_WORKER_DATA',
    '',
    'where it remembers who it is (default: oakring-worker-<id>)',
  ),
  diskReserveMiB: wholeSetting(
    'OAKRING_WORKER_DISK_RESERVE',
    'MiB that must be free where its data is, for anything new to be started (default: 128)',
  ),
  endAtStop: flagSetting(
    'OAKRING_WORKER_END_AT_STOP',
    'end what runs when it is stopped; its next start runs that again (default: it runs on)',
  ),
  dockerHost: textSetting(
    'DOCKER_HOST',
    '/var/run/docker.sock',
    'socket of the engine, for the runtime docker',
  ),
  ...allowanceCatalogue,
  startDelayMs: wholeSetting(
    'OAKRING_WORKER_START_DELAY_MS',
    'how long an instance takes to start, milliseconds, for the runtime simulated',
  ),
  mqttUrl: { ...mqttUrl, description: brokerOfWorker },
  mqttPort: { ...mqttPort, description: 'port of the broker of this machine' },
  mqttUsername,
  mqttPassword,
  tls: { ...tls, description: tls.description.replace('all listeners', 'its own HTTP port') },
  tlsCert,
  tlsKey,
  tlsCa: {
    ...tlsCa,
    description:
      "PEM file of the CAs that the broker is believed by (default: what it was given when it joined, or else the machine's)",
  },
  ...joinCatalogue,
  logForm,
  logLevel,
} as const;
