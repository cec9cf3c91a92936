// The architecture as rules: each says in its comment why it is there.
const loop = '^apps/manager/src';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or have a third inside.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'libs-through-their-front-door',
      comment: 'A lib shows what it promises in src/index.ts; the rest may change any day.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/', pathNot: '^(bench|test)/' },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
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
      name: 'placement-knows-contracts-only',
      comment: 'The shared check of fit is pure: the same when planning and when applying.',
      severity: 'error',
      from: { path: '^libs/placement/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/', pathNot: '^libs/(placement|contracts)/' },
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
      name: 'deciders-are-pure',
      comment: 'Decisions are made on data alone: no I/O, no framework, no machine.',
      severity: 'error',
      from: { path: `${loop}/(commands/decide|views/fold)/`, pathNot: '\\.spec\\.ts$' },
      to: {
        dependencyTypes: ['core', 'npm'],
      },
    },
    {
      name: 'writer-knows-no-edge',
      comment:
        'The loop has one direction: commands and views do not know who asks or who is told.',
      severity: 'error',
      from: { path: `${loop}/(commands|views)/`, pathNot: '\\.spec\\.ts$' },
      to: { path: `${loop}/(inbox|queries|outbox|scheduling|broker|connection|telemetry|http)/` },
    },
    {
      name: 'views-know-no-commands',
      comment: 'Views are folds of events; what was ordered is none of their business.',
      severity: 'error',
      from: { path: `${loop}/views/`, pathNot: '\\.spec\\.ts$' },
      to: { path: `${loop}/commands/` },
    },
    {
      name: 'queries-change-nothing',
      comment: 'A query can neither take a command nor send an order.',
      severity: 'error',
      from: { path: `${loop}/queries/`, pathNot: '\\.spec\\.ts$' },
      to: { path: `${loop}/(inbox|outbox|commands)/`, pathNot: 'commands/command\\.ts$' },
    },
    {
      name: 'plans-are-pure',
      comment: 'The same columns, jobs and seed give the same plan: nothing else may come in.',
      severity: 'error',
      from: { path: '^apps/scheduler/src/plan/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/scheduler/src/(observe|answer|config)/|^node_modules/@nestjs' },
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
          '\\.spec\\.ts$',
        ],
      },
      to: { path: '^node_modules/(mqtt|aedes)/' },
    },
    {
      name: 'lmdb-behind-the-log',
      comment: 'The store is behind its port; nobody else may rely on which one it is.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/events/', '\\.spec\\.ts$'] },
      to: { path: '^node_modules/lmdb/' },
    },
    {
      name: 'no-dev-dependencies-in-what-ships',
      comment: 'What ships must run after an installation without development packages.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['\\.(spec|contract)\\.ts$', '/testing/'] },
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
