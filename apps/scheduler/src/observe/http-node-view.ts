import { nodeChangesPath, type NodeChanges } from '@oakring/contracts';
import { hasFieldsOf, NodeChangesAnswer } from '@oakring/contracts/http';
import { Trust } from '@oakring/host';
import { ask, NoAnswer } from '@oakring/http';
import { NodeView } from './node-view.port.js';

const withinMs = 2_000;

/** The manager's node view over HTTP. */
export class HttpNodeView extends NodeView {
  constructor(
    private readonly managerUrl: string,
    private readonly token: string | null,
    private readonly trust: Trust = Trust.in(null),
  ) {
    super();
  }

  async changes(since: number, telemetrySince: number): Promise<NodeChanges> {
    const answer = await this.ask(`since=${since}&telemetrySince=${telemetrySince}`);
    // The frame only: what is in it is our own manager's, made by a type of the same contract.
    if (!hasFieldsOf(NodeChangesAnswer, answer))
      throw new Error('its answer is not a list of node changes');
    return answer;
  }

  private async ask(query: string): Promise<unknown> {
    const { managerUrl, token, trust } = this;
    try {
      const url = `${managerUrl}/${nodeChangesPath}?${query}`;
      return await ask({ url, token, trust, withinMs });
    } catch (error) {
      if (!(error instanceof NoAnswer) || error.status === null) throw error;
      throw new Error(`it answered ${error.message}`, { cause: error });
    }
  }
}
