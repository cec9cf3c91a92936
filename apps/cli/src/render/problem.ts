import type { ErrorCode, Problem } from '@oakring/contracts';
import type { Colors } from '../terminal.js';
import { printable } from '@oakring/narration';

/** The manager's remedies are for who speaks HTTP; at a terminal these are the way on. */
const remedies: Readonly<Partial<Record<ErrorCode, string>>> = {
  'node-unknown': 'List the nodes: oakring node ls',
  'job-unknown': 'List the jobs: oakring job ls',
  'instance-unknown': 'Look at the instances: oakring job show <id>',
  'id-mismatch': 'Leave the id out of the document, or name that job.',
  'outcome-unknown': 'Look at what there is before you ask again: oakring events --from -1m',
};

/** A problem document as a person reads it: what, in detail, which field, and what to do. */
export function renderProblem(document: Problem, colors: Colors): string {
  const problem = printable(document);
  const lines = [`${colors.red(problem.title)} [${problem.code}]`, problem.detail];
  if (problem.errors !== undefined) {
    for (const error of problem.errors) {
      lines.push(`  field ${error.field}, value ${JSON.stringify(error.value)}: ${error.detail}`);
    }
  } else if (problem.field !== undefined) {
    lines.push(`  field ${problem.field}, value ${JSON.stringify(problem.value) ?? 'missing'}`);
  }
  const remedy = remedies[problem.code] ?? problem.remedy;
  if (remedy !== undefined) lines.push(remedy);
  return lines.join('\n');
}
