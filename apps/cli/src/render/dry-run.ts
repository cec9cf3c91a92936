import type { PlacementRefusal, ProposedPlacement } from '@oakring/contracts';
import { renderTable } from './table.js';

/** Answer of `POST /api/v1/jobs?dryRun=true`. */
export interface DryRun {
  readonly placements: readonly ProposedPlacement[];
  readonly refusal: PlacementRefusal | null;
}

export function renderDryRun({ placements, refusal }: DryRun): string {
  const parts: string[] = [];
  if (placements.length > 0) {
    parts.push(
      renderTable(
        ['WOULD GO TO', 'SCORE', 'WHY'],
        placements.map(({ nodeId, total, reason }) => [nodeId, String(total), reason]),
      ),
    );
  }
  if (refusal !== null) parts.push(`Would wait: ${refusal.detail}`);
  return parts.join('\n');
}
