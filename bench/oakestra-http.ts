// What workers and root of Oakestra ask of their cluster over HTTP.
import { machineNumber } from './oakestra-machine.js';

const headers = { 'content-type': 'application/json' };

/** Its id. */
export async function registerMachine(url: string, number: number): Promise<string> {
  const body = JSON.stringify(machineNumber(number));
  const answer = await fetch(`${url}/api/node/register`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return (JSON.parse(text) as { id: string }).id;
}

/** The name that workers know service number `number` by. */
export function serviceName(number: number): string {
  return `app.ns.service${number}.ns`;
}

/** Its id at its root. */
export function serviceId(number: number): string {
  return number.toString(16).padStart(24, '0');
}

/** As a root orders it; `machines`: names of those that may run it, as that root writes them. */
export function serviceDocument(number: number, instance: number, machines?: string): object {
  const id = serviceId(number);
  return {
    ...{ _id: id, microserviceID: id, job_name: serviceName(number), virtualization: 'docker' },
    ...{ image: 'docker.io/library/nginx:alpine', code: 'docker.io/library/nginx:alpine' },
    ...{ memory: 10, vcpus: 1, status: 'CLUSTER_SCHEDULED' },
    instance_list: [{ instance_number: instance, status: 'CLUSTER_SCHEDULED' }],
    constraints: machines === undefined ? [] : [{ type: 'direct', node: machines }],
  };
}

/** As its root orders it. */
export async function orderInstance(
  url: string,
  number: number,
  instance: number,
  machines?: string,
): Promise<void> {
  const id = serviceId(number);
  const body = JSON.stringify(serviceDocument(number, instance, machines));
  const path = `/api/service/${id}/${instance}`;
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
}
