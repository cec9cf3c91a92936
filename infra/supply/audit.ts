// `npm run audit`: asks the registry for known faults of all packages in package-lock.json. Each is mended, or
// explained in audit-explained.json with a day by which that is looked at again. Ends with 1 otherwise. Where the
// registry cannot be asked, or answers no such question, it says so and ends with 0: that is no finding.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findingsIn, judge, type Explained } from './findings.js';

const { stdout, stderr } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8' });
const found = findingsIn(stdout);
if (found === null) {
  const [why = 'it said nothing'] = stderr.split('\n').filter((line) => line.trim() !== '');
  console.warn(`The registry could not be asked for known faults of packages: ${why}`);
} else {
  // What we wrote.
  const explained = JSON.parse(
    readFileSync('infra/supply/audit-explained.json', 'utf8'),
  ) as readonly Explained[];
  const today = new Date().toISOString().slice(0, 10);
  const faults = judge(found, explained, today);
  for (const fault of faults) console.error(fault);
  if (faults.length === 0) console.log(`Known faults of packages: ${found.length}, all explained.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
