// The architecture as rules: each says in its comment why it is there, and is proven to bite in
// infra/lint/dependency-rules.int.spec.ts.
const loop = '^apps/manager/src';
const loadedLate =
  '^apps/cli/src/(cluster|demo|known)/|^apps/cli/src/commands/(audit/(?!audit\\.ts)|backup/(?!(commands|backup-options)\\.ts))';
/** They run in a browser as they are. */
const portable = 'node_modules/(typebox|@noble|class-validator|class-transformer)/';
const specs = '\\.(spec|contract)\\.ts$';

/** What each library may lean on, and nothing else of ours. */
const libsMayUse = {
  crypto: [],
  certificates: ['contracts'],
  contracts: ['crypto'],
  ports: [],
  host: ['contracts', 'crypto'],
  log: ['contracts', 'ports'],
  http: ['contracts', 'host', 'log', 'metrics', 'ports'],
  metrics: ['host'],
  planning: ['contracts'],
  events: ['contracts', 'crypto'],
  model: ['contracts', 'crypto', 'events'],
  narration: ['contracts', 'events'],
  stores: ['contracts', 'events', 'host', 'ports'],
  telemetry: ['contracts', 'crypto', 'events', 'host', 'ports', 'stores'],
  timestamps: ['crypto'],
  tracing: ['ports'],
};

/**
 * What each folder of the manager may lean on in the manager, and nothing else of it. A folder that is
 * not listed may import nothing. `.`: main.ts and index.ts.
 */
const managerMayUse = {
  // What everybody reads, and the loop in its direction: commands and views know nobody who asks or is told.
  config: [],
  views: [],
  // Who may what, by what views show: asked at the edge, and where it is decided.
  access: ['views'],
  'dead-letters': [],
  commands: ['access', 'views'],
  history: ['views'],
  // Beside the loop: nothing of it waits for a stream, or knows of one.
  streams: ['access', 'http', 'injection', 'views', 'wires'],
  exec: ['commands', 'http', 'inbox', 'injection', 'streams', 'supervision', 'views'],
  journal: ['views'],
  wires: ['views'],
  // Of access the rates: who somebody is it is told by its composition.
  broker: ['access', 'wires'],
  connection: ['broker', 'config', 'dead-letters', 'wires'],
  // What brokers of the operator's own are told of who may what.
  accounts: ['connection', 'outbox', 'supervision', 'wires'],
  // What happens by itself.
  supervision: ['views'],
  outbox: ['commands', 'supervision', 'wires'],
  grants: ['outbox', 'views'],
  inference: ['commands', 'outbox', 'wires'],
  detection: ['commands', 'grants', 'supervision'],
  telemetry: ['commands', 'supervision'],
  scheduling: ['commands', 'supervision', 'telemetry'],
  rollout: ['commands', 'scheduling', 'supervision'],
  recovery: ['commands', 'supervision'],
  sealing: ['commands', 'supervision'],
  // Read as orders are sent, and written beside the ledger.
  secrets: ['commands', 'outbox', 'supervision'],
  // The sentence that people read is the one that the root is told.
  root: ['commands', 'queries', 'supervision'],
  // The ways in and out. A query can neither take a command nor send an order.
  injection: ['supervision'],
  http: ['access', 'injection', 'views'],
  queries: ['access', 'history', 'http', 'injection', 'telemetry', 'views'],
  inbox: [
    ...['access', 'commands', 'connection', 'dead-letters', 'detection', 'history', 'http'],
    ...['injection', 'scheduling', 'secrets', 'telemetry', 'views', 'wires'],
  ],
  verification: ['injection', 'views'],
  health: ['injection', 'supervision'],
  leadership: [
    ...['commands', 'config', 'connection', 'inbox', 'injection', 'outbox', 'scheduling'],
    ...['streams', 'supervision', 'telemetry', 'views', 'wires'],
  ],
  // What ties the parts together knows all of them, and is known to nobody but who starts it.
  compose: [
    ...['access', 'accounts', 'broker', 'config', 'connection', 'dead-letters', 'detection'],
    ...['exec', 'grants', 'health', 'history', 'http', 'inbox', 'inference', 'injection'],
    ...['journal', 'leadership', 'outbox', 'queries', 'recovery', 'rollout', 'root', 'scheduling'],
    ...['sealing', 'secrets', 'streams', 'supervision', 'telemetry', 'verification', 'views'],
    'wires',
  ],
  '.': ['compose', 'config', 'history'],
};

const mayUse = (lib, others) => ({
  name: `${lib}-may-use`,
  comment: `libs/${lib} leans on ${others.length === 0 ? 'nothing of ours' : others.join(', ')}.`,
  severity: 'error',
  from: { path: `^libs/${lib}/`, pathNot: `${specs}|/testing/` },
  to: { path: '^libs/', pathNot: `^libs/(${[lib, ...others].join('|')})/` },
});

const insideOf = (folder) => (folder === '.' ? `${loop}/[^/]+$` : `${loop}/${folder}/`);

const managerFolderMayUse = (folder, others) => ({
  name: `manager-${folder === '.' ? 'start' : folder}-may-use`,
  comment: `Of the manager it leans on ${others.length === 0 ? 'nothing else' : others.join(', ')}.`,
  severity: 'error',
  from: { path: insideOf(folder), pathNot: [specs, '/testing/'] },
  to: { path: `${loop}/`, pathNot: [folder, ...others].map(insideOf) },
});

const managerFoldersAreListed = {
  name: 'manager-folders-are-listed',
  comment: 'A new folder says in managerMayUse what it may lean on; until then it is nothing.',
  severity: 'error',
  from: {
    path: `${loop}/`,
    pathNot: [specs, '/testing/', ...Object.keys(managerMayUse).map(insideOf)],
  },
  to: {},
};

const coreNeedsNoMachine = {
  name: 'the-core-needs-no-machine',
  comment: 'They run in a browser and in a verifier of one file: no native module, no store.',
  severity: 'error',
  // How a message is framed is the wire's: of manager and worker, both Node.
  from: {
    path: '^libs/(contracts|crypto|events|model|planning)/src/',
    pathNot: [specs, '^libs/contracts/src/messages/frame\\.ts$'],
  },
  to: {
    dependencyTypes: ['core', 'npm', 'npm-no-pkg'],
    dependencyTypesNot: ['type-only', 'type-import'],
    pathNot: portable,
  },
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or have a third inside.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'libs-through-their-front-door',
      comment: 'A lib shows what it promises in src/index.ts; the rest may change any day.',
      severity: 'error',
      from: { path: '^(apps|libs|test|simulator|bench|infra)/([^/]+)' },
      to: {
        path: '^libs/',
        pathNot: [
          '^libs/([^/]+/(src|testing)/index|contracts/src/(native|oakestra|http/index))\\.ts$',
          '^$1/$2/',
        ],
      },
    },
    {
      name: 'testing-is-for-tests',
      comment: 'Samples and fakes do not ship.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [specs, '/testing/'] },
      to: { path: '^libs/[^/]+/testing/' },
    },
    {
      name: 'libs-know-no-apps',
      comment: 'Arrows point from apps to libs: a lib that knows an app cannot be shared.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    ...Object.entries(libsMayUse).map(([lib, others]) => mayUse(lib, others)),
    coreNeedsNoMachine,
    ...Object.entries(managerMayUse).map(([name, others]) => managerFolderMayUse(name, others)),
    managerFoldersAreListed,
    {
      name: 'apps-are-apart',
      comment: 'Apps meet over the wire. Only the command line puts them into one process.',
      severity: 'error',
      from: { path: '^apps/(manager|scheduler|worker)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'cli-composes-through-front-doors',
      comment: 'The command line starts apps; it does not reach into them.',
      severity: 'error',
      from: { path: '^apps/cli/' },
      to: { path: '^apps/(manager|scheduler|worker)/', pathNot: '^apps/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'cli-starts-at-once',
      comment:
        'Whoever asks for a table does not wait for servers and ledgers: they come by import().',
      severity: 'error',
      from: { path: '^apps/cli/src/', pathNot: [loadedLate, specs, '/testing/'] },
      to: {
        path: `^apps/(manager|scheduler|worker)/|^libs/(events|model|stores|telemetry)/|${loadedLate}`,
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'deciders-are-pure',
      comment: 'Decisions are made on data alone: no I/O, no framework, no machine.',
      severity: 'error',
      from: { path: `${loop}/commands/decide/`, pathNot: specs },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg'] },
    },
    {
      name: 'writer-knows-no-transport',
      comment: 'Neither HTTP nor MQTT nor a store: what is decided does not depend on how it came.',
      severity: 'error',
      from: { path: `${loop}/(commands|views)/`, pathNot: specs },
      to: {
        path: 'node_modules/(@nestjs/(platform|swagger|terminus|microservices)|fastify|mqtt|aedes|lmdb)',
      },
    },
    {
      name: 'observing-answers-nobody',
      comment: 'The copy of the node view is kept whether or not somebody asks.',
      severity: 'error',
      from: { path: '^apps/scheduler/src/observe/', pathNot: specs },
      to: { path: '^apps/scheduler/src/answer/' },
    },
    {
      name: 'the-wire-is-known-at-the-edge',
      comment:
        'Topics and payloads are known to a dialect of the manager, to where the services of a root are read, ' +
        'and to where the worker connects: ' +
        'the core speaks of orders and of what was said.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: [
          '^apps/manager/src/(wires/[^/]+|inbox/root)/',
          '^apps/worker/src/connect/',
          '^libs/contracts/',
          specs,
          '/testing/',
        ],
      },
      to: { path: '^libs/contracts/src/(native|oakestra)\\.ts$' },
    },
    {
      name: 'dialects-behind-their-port',
      comment: 'Which dialects there are is said in one place; all others speak through the port.',
      severity: 'error',
      from: {
        path: `${loop}/`,
        pathNot: [`${loop}/wires/(spoken\\.ts$|[^/]+/)`, specs, '/testing/'],
      },
      to: { path: `${loop}/wires/[^/]+/` },
    },
    {
      name: 'dialects-are-apart',
      comment: 'A dialect that leans on another cannot change, or go, by itself.',
      severity: 'error',
      from: { path: `${loop}/wires/([^/]+)/`, pathNot: [specs, '/testing/'] },
      to: { path: `${loop}/wires/[^/]+/`, pathNot: `${loop}/wires/$1/` },
    },
    {
      name: 'mqtt-at-the-edge',
      comment: 'One place speaks MQTT in each app: the rest can be simulated without a broker.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: [
          '^apps/manager/src/(connection|broker|inbox/mqtt)/',
          '^apps/worker/src/connect/',
          specs,
          '/testing/',
        ],
      },
      to: { path: 'node_modules/(mqtt|mqtt-packet|aedes)/' },
    },
    {
      name: 'lmdb-behind-the-log',
      comment: 'The store is behind its port; nobody else may rely on which one it is.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/stores/', specs] },
      to: { path: 'node_modules/lmdb/' },
    },
    {
      name: 'mongodb-behind-the-log',
      comment: 'As lmdb: whoever knows the driver knows the store.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/stores/', specs] },
      to: { path: 'node_modules/(mongodb|bson)/' },
    },
    {
      name: 'mongodb-loaded-late',
      comment: 'Whoever keeps the ledger in a folder does not load the driver at each start.',
      severity: 'error',
      from: { path: '^libs/stores/src/', pathNot: ['mongo', specs, '/testing/'] },
      to: {
        path: '^libs/stores/src/.*mongo',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'time-stamps-loaded-late',
      comment:
        'ASN.1 and CMS are read in one place, and come by import() when there is a time stamp.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^libs/(certificates|timestamps)/', specs, '/testing/'],
      },
      to: {
        path: '^libs/timestamps/|node_modules/(pkijs|asn1js)/',
        dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'],
      },
    },
    {
      name: 'certificates-are-made-late',
      comment: 'What makes certificates is large, and comes by import() when one is made.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/certificates/', specs, '/testing/'] },
      to: {
        path: '^libs/certificates/',
        dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'],
      },
    },
    {
      name: 'undici-loaded-late',
      comment:
        'The client of TLS whose authorities can be chosen is loaded by who asks over TLS, in one place.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [specs, '/testing/'] },
      to: {
        path: 'node_modules/undici/',
        dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'],
      },
    },
    {
      name: 'prom-client-loaded-late',
      comment:
        'One place speaks to it, by import() at the first scrape: who is not scraped does not pay.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/metrics/src/prom-book\\.ts$', specs] },
      to: {
        path: '^libs/metrics/src/prom-book\\.ts$|node_modules/prom-client/',
        dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'],
      },
    },
    {
      name: 'tracing-loaded-late',
      comment:
        'OpenTelemetry is known in one place, and comes by import() when somebody asks for spans.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^libs/tracing/src/open-telemetry-tracer\\.ts$', specs, '/testing/'],
      },
      to: {
        path: '^libs/tracing/src/open-telemetry-tracer\\.ts$|node_modules/@opentelemetry/',
        dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'],
      },
    },
    {
      name: 'grpc-for-the-root-alone',
      comment: 'One place speaks gRPC, and loads it once there is a root.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [specs, '/testing/'] },
      to: {
        path: 'node_modules/@grpc/',
        dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'],
      },
    },
    {
      name: 'no-dev-dependencies-in-what-ships',
      comment: 'What ships must run after an installation without development packages.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [specs, '/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
    moduleSystems: ['es6'],
    skipAnalysisNotInRules: true,
  },
};
