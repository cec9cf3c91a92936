// The architecture as rules: each says in its comment why it is there, and is proven to bite in
// infra/lint/dependency-rules.int.spec.ts.
const loop = '^apps/manager/src';
const loadedLate = '^apps/cli/src/(cluster|demo)/|^apps/cli/src/commands/audit/(?!audit\\.ts)';
const specs = '\\.(spec|contract)\\.ts$';

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
      from: { path: '^(apps|libs|test)/([^/]+)' },
      to: { path: '^libs/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'libs-know-no-apps',
      comment: 'Arrows point from apps to libs: a lib that knows an app cannot be shared.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'contracts-and-ports-stand-alone',
      comment: 'Everything leans on them, so they lean on nothing of ours.',
      severity: 'error',
      from: { path: '^libs/(contracts|ports)/' },
      to: { path: '^libs/', pathNot: '^libs/$1/' },
    },
    {
      name: 'host-knows-contracts-only',
      comment: 'What is asked of the machine itself, by every app alike.',
      severity: 'error',
      from: { path: '^libs/host/', pathNot: specs },
      to: { path: '^libs/', pathNot: '^libs/(host|contracts)/' },
    },
    {
      name: 'placement-knows-contracts-only',
      comment: 'The shared check of fit is pure: the same when planning and when applying.',
      severity: 'error',
      from: { path: '^libs/placement/', pathNot: specs },
      to: { path: '^libs/', pathNot: '^libs/(placement|contracts)/' },
    },
    {
      name: 'events-know-contracts-host-and-ports-only',
      comment: 'What happened is told without knowing who decides on it.',
      severity: 'error',
      from: { path: '^libs/events/' },
      to: { path: '^libs/', pathNot: '^libs/(events|contracts|host|ports)/' },
    },
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
        path: `^apps/(manager|scheduler|worker)/|^libs/events/|${loadedLate}`,
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'deciders-are-pure',
      comment: 'Decisions are made on data alone: no I/O, no framework, no machine.',
      severity: 'error',
      from: { path: `${loop}/(commands/decide|views/fold)/`, pathNot: specs },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg'] },
    },
    {
      name: 'writer-knows-no-edge',
      comment:
        'The loop has one direction: commands and views do not know who asks or who is told.',
      severity: 'error',
      from: { path: `${loop}/(commands|views)/`, pathNot: specs },
      to: { path: `${loop}/(inbox|queries|outbox|scheduling|broker|connection|telemetry|http)/` },
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
      name: 'views-know-no-commands',
      comment: 'Views are folds of events; what was ordered is none of their business.',
      severity: 'error',
      from: { path: `${loop}/views/`, pathNot: specs },
      to: { path: `${loop}/commands/` },
    },
    {
      name: 'queries-change-nothing',
      comment: 'A query can neither take a command nor send an order.',
      severity: 'error',
      from: { path: `${loop}/queries/`, pathNot: specs },
      to: { path: `${loop}/(inbox|outbox|commands)/`, pathNot: 'commands/command\\.ts$' },
    },
    {
      name: 'plans-are-pure',
      comment: 'The same columns, jobs and seed give the same plan: nothing else may come in.',
      severity: 'error',
      from: { path: '^apps/scheduler/src/plan/', pathNot: specs },
      to: { path: '^apps/scheduler/src/(observe|answer|config)/|node_modules/@nestjs/' },
    },
    {
      name: 'observing-answers-nobody',
      comment: 'The copy of the node view is kept whether or not somebody asks.',
      severity: 'error',
      from: { path: '^apps/scheduler/src/observe/', pathNot: specs },
      to: { path: '^apps/scheduler/src/answer/' },
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
      to: { path: 'node_modules/(mqtt|aedes)/' },
    },
    {
      name: 'lmdb-behind-the-log',
      comment: 'The store is behind its port; nobody else may rely on which one it is.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/events/', specs] },
      to: { path: 'node_modules/lmdb/' },
    },
    {
      name: 'mongodb-behind-the-log',
      comment: 'As lmdb: whoever knows the driver knows the store.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/events/', specs] },
      to: { path: 'node_modules/(mongodb|bson)/' },
    },
    {
      name: 'mongodb-loaded-late',
      comment: 'Whoever keeps the ledger in a folder does not load the driver at each start.',
      severity: 'error',
      from: { path: '^libs/events/src/', pathNot: ['mongo', specs, '/testing/'] },
      to: {
        path: '^libs/events/src/.*mongo',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
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
