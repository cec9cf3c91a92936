import { flag, listOf, natural, nullable, oneOf, text, time } from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

@Shape({ says: 'The newest report that the root has taken.' })
export class RootReport {
  @Field(time)
  readonly at: string;

  @Field(natural)
  readonly ageMs: number;

  @Field(natural, { says: 'Until the root answered.' })
  readonly tookMs: number;

  @Field(natural)
  readonly bytes: number;

  @Field(natural, { says: 'How many it tells of.' })
  readonly instances: number;
}

@Shape({ says: 'What the root was called for, since the start of this manager.' })
export class RootCalls {
  @Field(natural)
  readonly registrations: number;

  @Field(natural, { says: 'Reports that it took.' })
  readonly reports: number;

  @Field(natural)
  readonly failures: number;
}

const reasons = ['forgotten', 'dismissed'] as const;

@Shape({ says: 'A job of a root that runs on although the root does not know it, or says so.' })
export class KeptJob {
  @Field(text)
  readonly id: string;

  @Field(text)
  readonly name: string;

  @Field(oneOf(reasons), {
    says:
      '`forgotten`: the root has lost its memory since it ordered it; `dismissed`: it asks for its end, ' +
      'and is not known to remember this cluster yet.',
  })
  readonly why: (typeof reasons)[number];

  @Field(natural, { says: 'How many instances there are to be.' })
  readonly desired: number;

  @Field(listOf(text), { says: 'Where its instances are.' })
  readonly nodes: readonly string[];
}

@Shape({ name: 'Root', says: 'The root that this cluster works for, as the leader sees it.' })
export class RootAnswer {
  @Field(nullable(text), { says: 'Null: the cluster stands alone.' })
  readonly address: string | null;

  @Field(nullable(text), { says: 'As the root calls us; null before it has in this term.' })
  readonly clusterId: string | null;

  @Field(flag, { says: 'It answered within 20 s.' })
  readonly connected: boolean;

  @Field(nullable(time))
  readonly connectedSince: string | null;

  @Field(nullable(shaped(RootReport)), { says: 'Of this term.' })
  readonly lastReport: RootReport | null;

  @Field(shaped(RootCalls))
  readonly calls: RootCalls;

  @Field(natural, { says: 'Jobs that it is told of.' })
  readonly jobs: number;

  @Field(listOf(shaped(KeptJob)))
  readonly kept: readonly KeptJob[];
}
