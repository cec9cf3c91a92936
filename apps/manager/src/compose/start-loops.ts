import type { Undo } from '@oakring/ports';
import type { Correspondence } from '../inbox/mqtt/worker-message.js';
import { commandTold } from '@oakring/model';
import type { LoopParts, Loops } from '../leadership/loops.js';
import { Supervisor } from '../supervision/supervisor.js';
import { processesOf, type Outsiders, type Sessions } from './processes.js';

/** What works by itself between the views and the world: started here, and stopped by `stopping`. */
export function startLoops(parts: LoopParts & Outsiders & Sessions, stopping: Undo): Loops {
  const { projection, table, ports, warn } = parts;
  const { processes, ...hearing } = processesOf(parts);
  const { silence, deliveries, grants, requests, expiries, placements, inference } = hearing;
  const supervisor = new Supervisor(processes, projection, ports, warn);
  supervisor.start();
  stopping.add(() => supervisor.stop());
  parts.link.onDown(() => inference.linkLost());
  const correspondence: Omit<Correspondence, 'streamed'> = {
    provesAbsence: (nodeId, { requestId }) => deliveries.provesAbsence(nodeId, requestId),
    confirms: (nodeId, requestId, hash) => requests.confirms(nodeId, requestId, hash),
    registered: (nodeId) => {
      table.touch(nodeId);
      requests.registered(nodeId);
      inference.registered(nodeId);
    },
    heardAgain: (nodeId) => requests.heardAgain(nodeId),
    progressed: (told) => {
      const { id = told } = commandTold(projection.state, told) ?? {};
      expiries.renew(id, projection.state);
    },
    readingTaken: (nodeId, incarnation, sequence) => grants.answer(nodeId, incarnation, sequence),
    sighted: (nodeId, sighting) => inference.sighted(nodeId, sighting),
    told: (nodeId, word) => inference.told(nodeId, word),
    concluded: (nodeId) => inference.concluded(nodeId),
  };
  return {
    correspondence,
    startPlacing: () => placements.open(),
    connectionLost: (nodeId) => {
      inference.disturbed(nodeId);
      silence.connectionLost(nodeId);
    },
    get health() {
      return supervisor.health;
    },
  };
}
