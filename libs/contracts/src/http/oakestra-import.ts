import { anything, listOf, matching, natural, nullable, oneOf, text } from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

const objectId = matching(/^[0-9a-f]{24}$/, 'not 24 hexadecimal digits');

/** What became of something that another orchestrator had. */
const outcome = oneOf(['comes-over', 'there-already', 'stays-behind']);

@Shape({
  name: 'OakestraCandidate',
  isOpen: true,
  says: 'A node as Oakestra’s cluster keeps it: a document of its data base `candidates`.',
  example: { _id: '65f0c0ffee65f0c0ffee65f0', host: 'edge-1', vcpus: 4, memory: 3_000 },
})
export class OakestraCandidate {
  @Field(objectId)
  readonly _id: string;
}

@Shape({
  name: 'OakestraJob',
  isOpen: true,
  says: 'A service as Oakestra’s cluster keeps it: a document of its data base `jobs`.',
  example: {
    _id: '65f0c0ffee65f0c0ffee65f1',
    job_name: 'app.ns.web.ns',
    image: 'docker.io/library/nginx:1.27',
    virtualization: 'docker',
    instance_list: [
      { instance_number: 3, worker_id: '65f0c0ffee65f0c0ffee65f0', status: 'RUNNING' },
    ],
  },
})
export class OakestraJob {
  @Field(objectId)
  readonly _id: string;

  @Field(anything, { optional: true, says: 'Its instances, each with its number and worker.' })
  readonly instance_list?: unknown;
}

@Shape({ name: 'OakestraNodeImported' })
export class OakestraNodeImported {
  @Field(text)
  readonly id: string;

  @Field(text)
  readonly name: string;

  @Field(outcome)
  readonly outcome: 'comes-over' | 'there-already' | 'stays-behind';

  @Field(nullable(text), { says: 'Why, or what to know of it.' })
  readonly detail: string | null;
}

@Shape({ name: 'OakestraInstanceImported' })
export class OakestraInstanceImported {
  @Field(natural)
  readonly number: number;

  @Field(nullable(text), { says: 'Where it is taken to run; null: it is to be placed.' })
  readonly nodeId: string | null;

  @Field(outcome)
  readonly outcome: 'comes-over' | 'there-already' | 'stays-behind';

  @Field(nullable(text), { says: 'Why, or what to know of it.' })
  readonly detail: string | null;
}

@Shape({ name: 'OakestraServiceImported' })
export class OakestraServiceImported {
  @Field(text)
  readonly id: string;

  @Field(text)
  readonly name: string;

  @Field(listOf(text), { says: 'What is not looked at here, or keeps it from being placed anew.' })
  readonly warnings: readonly string[];

  @Field(listOf(shaped(OakestraInstanceImported)))
  readonly instances: readonly OakestraInstanceImported[];
}
