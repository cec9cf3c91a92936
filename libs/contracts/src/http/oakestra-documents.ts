import { anything, flag, nullable, oneOf, text } from './kinds.js';
import { Field, Shape } from './shape.js';

/**
 * What Oakestra's root sends and is answered. Every member of a service may be missing or of another
 * type: what is wrong with it is told in our next report, which is what the root reads.
 */
@Shape({
  name: 'OakestraService',
  isOpen: true,
  says: 'A service of Oakestra’s root, as it describes it.',
  example: {
    job_name: 'app.ns.web.ns',
    image: 'docker.io/library/nginx:1.27',
    virtualization: 'docker',
    memory: 128,
  },
})
export class OakestraService {
  @Field(anything, { optional: true, says: 'Its name; its containers are called so.' })
  readonly job_name?: unknown;

  @Field(anything, { optional: true })
  readonly image?: unknown;

  @Field(anything, { optional: true, says: 'The runtime.' })
  readonly virtualization?: unknown;
}

@Shape({ name: 'OakestraTaken' })
export class OakestraTaken {
  @Field(oneOf(['ok']))
  readonly status: 'ok';
}

@Shape({ name: 'OakestraClusterStatus' })
export class OakestraClusterStatus {
  @Field(text)
  readonly cluster_name: string;

  @Field(nullable(text), { says: 'As the root calls us; null before it has.' })
  readonly cluster_id: string | null;

  @Field(flag)
  readonly connected_to_root: boolean;
}
