import type { NodeChanges } from '@oakring/contracts';
import { NodeView } from './node-view.port.js';

const answerWithinMs = 2_000;

/** The manager's node view over HTTP. */
export class HttpNodeView extends NodeView {
  constructor(
    private readonly managerUrl: string,
    private readonly token: string | null,
  ) {
    super();
  }

  async changes(since: number, telemetrySince: number): Promise<NodeChanges> {
    const query = `since=${since}&telemetrySince=${telemetrySince}`;
    const response = await fetch(`${this.managerUrl}/api/v1/nodes/changes?${query}`, {
      headers: this.token === null ? {} : { authorization: `Bearer ${this.token}` },
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (!response.ok) throw new Error(`the manager answered ${response.status}`);
    // Our own manager's answer, made by a type of the same contract.
    return (await response.json()) as NodeChanges;
  }
}
