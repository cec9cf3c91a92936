import { isObject, type NodeChanges } from '@oakring/contracts';
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
    if (!isNodeChanges(answer)) throw new Error('its answer is not a list of node changes');
    return answer;
  }

  private async ask(query: string): Promise<unknown> {
    const { managerUrl, token } = this;
    try {
      return await ask({ url: `${managerUrl}/api/v1/node-changes?${query}`, token, withinMs });
    } catch (error) {
      if (!(error instanceof NoAnswer) || error.status === null) throw error;
      throw new Error(`it answered ${error.message}`, { cause: error });
    }
  }
}

/** The frame only: what is in it is our own manager's, made by a type of the same contract. */
function isNodeChanges(answer: unknown): answer is NodeChanges {
  return (
    isObject(answer) &&
    Number.isSafeInteger(answer['position']) &&
    Number.isSafeInteger(answer['telemetry']) &&
    typeof answer['complete'] === 'boolean' &&
    Array.isArray(answer['nodes']) &&
    Array.isArray(answer['removed']) &&
    Array.isArray(answer['foreign'])
  );
}
