import { availableParallelism } from 'node:os';

// The suffix of a spec tells its cost: .spec no I/O, .int.spec a real dependency, .e2e.spec the whole loop.
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        exclude: [],
        sourceMaps: 'inline',
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        swcrc: false,
      },
    ],
  },
  moduleNameMapper: {
    '^@oakring/contracts/native$': '<rootDir>/libs/contracts/src/native.ts',
    '^@oakring/(contracts|crypto|events|host|http|model|planning|ports|stores|telemetry)$':
      '<rootDir>/libs/$1/src/index.ts',
    '^@oakring/contracts/http$': '<rootDir>/libs/contracts/src/http/index.ts',
    '^@oakring/([a-z]+)/testing$': '<rootDir>/libs/$1/testing/index.ts',
    '^@oakring/(manager|scheduler|worker)$': '<rootDir>/apps/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testEnvironment: 'node',
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testRegex: '(?<!\\.int|\\.e2e)\\.spec\\.ts$',
    },
    { ...common, displayName: 'integration', testRegex: '\\.int\\.spec\\.ts$' },
    { ...common, displayName: 'end-to-end', testRegex: '\\.e2e\\.spec\\.ts$' },
  ],
  testTimeout: 120_000,
  // End-to-end specs wait for much of their time, and leave a core to another one.
  maxWorkers: availableParallelism() + 1,
};
