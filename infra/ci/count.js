#!/usr/bin/env node
// @ts-check
// JavaScript, because the gate counts also what is left when the installation failed.
// The last line of the gate, counted from Jest's JSON report: `N passed, N failed`, and
// `, N skipped` when some. Ends with 1 unless every spec that is here ran and passed.
//   count.js <report> [step that failed before …]
import { readFileSync, readdirSync } from 'node:fs';
import { relative } from 'node:path';

/** @typedef {{ status: string, fullName: string }} Test */
/** @typedef {{ name: string, status: string, assertionResults: readonly Test[] }} Suite */

const [reportPath = '', ...failedSteps] = process.argv.slice(2);
const suites = suitesOf(reportPath);
const tests = suites.flatMap(({ assertionResults }) => assertionResults);
const passed = tests.filter(({ status }) => status === 'passed').length;
const failed = tests.filter(({ status }) => status === 'failed').length;
// The gate has every part that a test may want: what skipped itself has not proven anything.
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');

const brokenSuites = suites.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
);
const ran = new Set(suites.map(({ name }) => relative('.', name)));
const forgotten = specsHere().filter((spec) => !ran.has(spec));

const failures = [
  ...failedSteps.map((step) => `failed: ${step}`),
  ...brokenSuites.map(({ name }) => `could not run: ${relative('.', name)}`),
  ...forgotten.map((spec) => `did not run: ${spec}`),
  ...(tests.length === 0 ? ['no test ran'] : []),
];
for (const { fullName } of skipped) console.error(`skipped: ${fullName}`);
for (const failure of failures) console.error(failure);
console.log(
  `${passed} passed, ${failed + failures.length} failed` +
    (skipped.length > 0 ? `, ${skipped.length} skipped` : ''),
);
process.exitCode = failed + failures.length + skipped.length === 0 ? 0 : 1;

/**
 * Jest's suites; none when it did not come to writing its report.
 *
 * @param {string} path
 * @returns {readonly Suite[]}
 */
function suitesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults;
  } catch (error) {
    console.error(
      `There is no report of the tests: ${error instanceof Error ? error.message : error}`,
    );
    return [];
  }
}

function specsHere() {
  return ['apps', 'libs', 'test', 'infra', 'simulator'].flatMap((folder) => {
    try {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      return files.filter((file) => file.endsWith('.spec.ts')).map((file) => `${folder}/${file}`);
    } catch {
      return [];
    }
  });
}
