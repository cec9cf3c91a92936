import { availableParallelism } from 'node:os';
import { bundledPackages } from './infra/packages/packages.js';
import { aliases, compilerOptions } from './infra/typescript/compiler.js';

// The suffix of a spec tells its cost: .spec no I/O, .int.spec a real dependency, .e2e.spec the whole loop.
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', compilerOptions],
  },
  moduleNameMapper: {
    ...Object.fromEntries(
      Object.entries(aliases).map(([name, [path]]) => [
        `^${name}$`,
        path.replace('.', '<rootDir>'),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(bundledPackages()).map(([name, path]) => [`^${name}$`, path]),
    ),
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testEnvironment: 'node',
  testRunner: '<rootDir>/infra/jest/runner.js',
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
  testSequencer: '<rootDir>/infra/jest/sequencer.js',
  testTimeout: 120_000,
  // Modules of a spec outlive it in its worker (Jest's ES modules): without an end it comes near the heap's limit
  // on a small machine, and then does little else than collect garbage.
  workerIdleMemoryLimit: '1GB',
  // End-to-end specs wait for much of their time, and leave a core to another one.
  maxWorkers: availableParallelism() + 1,
};
