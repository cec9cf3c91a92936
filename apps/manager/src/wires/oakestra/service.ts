import { isObject, parseCommand, parseEnvironment, type JsonObject } from '@oakring/contracts';

/**
 * A service as its root describes it: the root's own document where the job came from there, else one
 * that is made of the job's.
 */
export function serviceOf(job: string, document: JsonObject): JsonObject {
  const { document: ofRoot } = document;
  if (isObject(ofRoot)) return ofRoot;
  const { image, technology } = document;
  const command = parseCommand(document);
  const environment = parseEnvironment(document);
  const assignments = environment.ok ? Object.entries(environment.value.environment) : [];
  return {
    // Its id, since a worker must know it by a name that no other job has (`nameOf`).
    ...{ _id: job, job_name: job, image, virtualization: technology },
    cmd: command.ok ? command.value : null,
    environment: assignments.map(([variable, value]) => `${variable}=${value}`),
  };
}
