import type { Finding, FindingLevel } from '@oakring/host';
import type { Colors } from '../terminal.js';
import { printable } from '@oakring/narration';

const levelWidth = 'warning'.length + 2;

/** A line for each thing that was looked at, and what to do below it. */
export function renderFindings(findings: readonly Finding[], colors: Colors): string {
  const partWidth = Math.max(...findings.map(({ part }) => part.length)) + 2;
  const indent = ' '.repeat(partWidth + levelWidth);
  return findings
    .map(({ part, level, looked, seen, remedy }) => {
      const head =
        part.padEnd(partWidth) + paint(level, colors) + ' '.repeat(levelWidth - level.length);
      // What is listed in lines of its own stays so.
      const said = seen.split('\n').map((line) => printable(line.trimEnd()));
      const line = `${head}${printable(looked)}: ${said.join(`\n${indent}`)}`;
      return remedy === undefined
        ? line
        : `${line}\n${indent}${colors.dim('→')} ${printable(remedy)}`;
    })
    .join('\n');
}

function paint(level: FindingLevel, colors: Colors): string {
  switch (level) {
    case 'ok':
      return colors.green(level);
    case 'unknown':
      return colors.dim(level);
    case 'warning':
      return colors.yellow(level);
    case 'bad':
      return colors.red(level);
  }
}
