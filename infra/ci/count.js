#!/usr/bin/env node
// Counts what Jest ran, from its JSON report: `N passed, N failed`, last line of CI.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const failedSuites = report.numRuntimeErrorTestSuites;
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = report;

// In CI every part is there: a suite that skipped itself did not prove anything.
const problems = [];
if (passed === 0) problems.push('no test ran');
if (skipped > 0) {
  const names = report.testResults
    .flatMap((suite) => suite.assertionResults)
    .filter(({ status }) => status === 'pending')
    .map(({ fullName }) => fullName);
  problems.push(`${skipped} tests did not run:\n  ${names.join('\n  ')}`);
}
for (const problem of problems) console.error(`CI: ${problem}`);
const failures = failed + failedSuites + problems.length;
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failures === 0 ? 0 : 1);
