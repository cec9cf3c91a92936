import type { Problem } from '@oakring/contracts';
import type { Colors } from '../terminal.js';
import { printable } from './printable.js';

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
  if (problem.remedy !== undefined) lines.push(problem.remedy);
  return lines.join('\n');
}
