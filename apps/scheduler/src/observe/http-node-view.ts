import { nodeChangesPath, type NodeChanges } from '@oakring/contracts';
import { hasFieldsOf, NodeChangesAnswer } from '@oakring/contracts/http';
import { ask, NoAnswer } from '@oakring/http';
import { NodeView } from './node-view.port.js';

const withinMs = 2_000;

/** The manager's node view over HTTP. */
export class HttpNodeView extends NodeView {
  constructor(
    private readonly managerUrl: string,
    private readonly token: string | null,
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
    const { managerUrl, token } = this;
    try {
      return await ask({ url: `${managerUrl}/${nodeChangesPath}?${query}`, token, withinMs });
    } catch (error) {
      if (!(error instanceof NoAnswer) || error.status === null) throw error;
      throw new Error(`it answered ${error.message}`, { cause: error });
    }
  }
}
